// Requests of the native protocol: whatever comes is read without harm, and a command only ever comes of what
// another JSON library takes for an object that says so.
#include "base/utf8.hpp"
#include "protocol/json/json_codec.hpp"
#include "support/json_oracle.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace fanwire;

void require(bool is_so) {
    if (!is_so) std::abort();
}

// The `type` that each command comes of, in the order of `any_command`.
constexpr std::string_view types[]{"join", "leave", "message", "ping"};

std::string room_of(const nlohmann::json& request, const char* field) {
    if (!request.contains(field)) return {};
    const nlohmann::json& room = request[field];
    return room.is_string() ? room.get<std::string>() : room.dump();
}

void check_room(const nlohmann::json& request, bool is_pattern, std::string_view room) {
    // Greater integers than 64 bits hold are doubles to the other library.
    const nlohmann::json& given = request[is_pattern ? "pattern" : "roomId"];
    if (!given.is_number_float()) require(room_of(request, is_pattern ? "pattern" : "roomId") == room);
}

void check(const any_command& command, const nlohmann::json& request) {
    require(request.is_object());
    if (std::holds_alternative<command::invalid>(command)) return;
    require(request["type"] == types[command.index()]);
    if (const auto* join = std::get_if<command::join>(&command))
        check_room(request, join->is_pattern, join->room);
    if (const auto* leave = std::get_if<command::leave>(&command))
        check_room(request, leave->is_pattern, leave->room);
    if (const auto* publish = std::get_if<command::publish>(&command)) {
        require(publish->room.empty() == !request.contains("roomId"));
        if (!publish->room.empty()) check_room(request, false, publish->room);
        require(publish->text.empty() == !request.contains("text"));
        if (!publish->text.empty()) require(nlohmann::json::parse(publish->text) == request["text"]);
        require(publish->key.empty() == !request.contains("key"));
        if (!publish->key.empty()) require(request["key"] == publish->key);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const protocol_limits limits{max_scan_depth, 256, 64};
    json_codec codec(codec_kind::v1, limits);

    const any_command command = codec.decode(payload_kind::binary, text);
    if (const auto* invalid = std::get_if<command::invalid>(&command)) {
        require(is_utf8(invalid->reason) && !invalid->reason.empty());
    }

    switch (test::ask_oracle(text)) {
        case test::json_verdict::accepted: {
            const auto request = nlohmann::json::parse(text);
            if (request.is_object()) check(command, request);
            break;
        }
        case test::json_verdict::refused:
            require(std::holds_alternative<command::invalid>(command));
            break;
        case test::json_verdict::undecided:
            break;
    }
    return 0;
}
