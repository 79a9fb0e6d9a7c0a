// Payloads from anybody on the bus: members get an object, v1 members one that has a string as its `type`,
// the room, and no say in the server's name.
#include "base/utf8.hpp"
#include "protocol/json/foreign_form.hpp"
#include "protocol/json/json_scanner.hpp"
#include "support/json_oracle.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace fanwire;

constexpr std::array<std::string_view, 14> own_types{"joined", "left",   "ack",      "error",   "direct",
                                                     "gap",    "moving", "presence", "welcome", "expiring",
                                                     "result", "pong",   "resumed",  "history"};

void require(bool is_so) {
    if (!is_so) std::abort();
}

std::string written(codec_kind kind, const room_message& message) {
    std::string out;
    write_foreign(kind, message, out);
    require(is_utf8(out));
    json_scanner scanner(out, max_scan_depth);
    json_member member;
    while (scanner.next(member)) continue;
    // Put under `data`, an object of the deepest nesting is one deeper.
    require(scanner.fault() == json_fault::none || scanner.fault() == json_fault::too_deep);
    require(test::ask_oracle(out) != test::json_verdict::refused);
    return out;
}

void check_v1(const std::string& out, const std::string& room) {
    if (test::ask_oracle(out) != test::json_verdict::accepted) return;
    const auto told = nlohmann::json::parse(out);
    require(told.is_object() && told["type"].is_string());
    require(std::find(own_types.begin(), own_types.end(), told["type"].get<std::string>()) ==
            own_types.end());
    require(room.empty() ? !told.contains("roomId") : told["roomId"] == room);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    for (const std::string room : {"", "a \"room\":\n\xc3\xa9"}) {
        const room_message message{
            room, {reinterpret_cast<const char*>(bytes), size}, payload_form::foreign, 1};
        written(codec_kind::classic, message);
        check_v1(written(codec_kind::v1, message), room);
    }
    return 0;
}
