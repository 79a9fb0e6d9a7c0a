#include <fanwire/client_id.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace fanwire {
namespace {

constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();

TEST(client_id, is_two_hexadecimal_numbers) {
    EXPECT_EQ(to_string({0x1a2b, 0x3}), "1a2b-3");
    EXPECT_EQ(to_string({0, 0}), "0-0");
    EXPECT_EQ(to_string({greatest, greatest}), "ffffffffffffffff-ffffffffffffffff");
}

TEST(client_id, reads_what_it_writes) {
    for (const client_id id :
         {client_id{0, 0}, client_id{1, 2}, client_id{0x1a2b, 7}, client_id{greatest, greatest}}) {
        EXPECT_EQ(parse_client_id(to_string(id)), id);
    }
}

TEST(client_id, refuses_other_forms) {
    for (const char* text : {"", "-", "1", "1-", "-1", "1-2-3", "1--2", "g-1", "1-g", " 1-2", "1-2 ", "+1-2",
                             "0x1-2", "1A-2", "01-2", "1-02", "10000000000000000-1", "1-10000000000000000"}) {
        EXPECT_EQ(parse_client_id(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace fanwire
