#include "protocol/json/json_codec.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

namespace {

std::size_t allocations = 0;

}  // namespace

// The whole program counts what it takes. Inlined, they would look mismatched to GCC.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace fanwire {
namespace {

std::size_t allocations_of(json_codec& codec, std::string_view request) {
    const std::size_t before = allocations;
    const any_command command = codec.decode(payload_kind::text, request);
    const std::size_t taken = allocations - before;
    EXPECT_FALSE(std::holds_alternative<command::invalid>(command)) << request;
    return taken;
}

TEST(json_codec, takes_no_memory_for_usual_requests) {
    json_codec codec(codec_kind::classic, {});

    EXPECT_EQ(
        allocations_of(codec, R"({"type":"join","roomId":"chat:room:1","id":"an id that is rather long"})"),
        0U);
    EXPECT_EQ(
        allocations_of(codec, R"({"type":"message","roomId":7,"user":"\u0061","text":"Hi","data":[[{}]]})"),
        0U);
    EXPECT_EQ(allocations_of(codec, R"({"type":"ping"})"), 0U);
}

TEST(json_codec, takes_memory_for_escaped_names_once) {
    json_codec codec(codec_kind::classic, {});
    const std::string request =
        R"({"type":"message","roomId":"\u0061 room with a long name","key":"\u0061 long key too"})";

    EXPECT_EQ(allocations_of(codec, request), 1U);
    EXPECT_EQ(allocations_of(codec, request), 0U);
}

TEST(json_codec, takes_no_memory_but_its_outputs) {
    json_codec codec(codec_kind::v1, {});
    room_message message{"chat:room:1", R"({"type":"message","text":"Hi","timestamp":1})",
                         payload_form::plain, 1};
    std::string out;
    out.reserve(1000);
    const std::size_t before = allocations;

    codec.encode_message(message, out);
    message.form = payload_form::foreign;
    codec.encode_message(message, out);
    EXPECT_TRUE(codec.encode(event::joined{{"1", R"("chat:room:1")"}, false, false}, out));

    EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace fanwire
