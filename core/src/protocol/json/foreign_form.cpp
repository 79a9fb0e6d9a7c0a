#include "protocol/json/foreign_form.hpp"

#include "base/utf8.hpp"
#include "protocol/json/json_scanner.hpp"
#include "protocol/json/json_string.hpp"
#include "protocol/json/json_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace fanwire {
namespace {

// What v1 clients hear with a meaning of its own: nobody on the bus may say it in the server's name.
constexpr std::array<std::string_view, 14> own_types{"joined",  "left",   "ack",     "error",    "direct",
                                                     "welcome", "moving", "gap",     "presence", "expiring",
                                                     "result",  "pong",   "resumed", "history"};

enum class foreign_kind : std::uint8_t { object, other_json, text, bytes };

struct reading {
    foreign_kind kind = foreign_kind::text;
    // Of an object its type, which is the last of several as with JSON.parse; of other JSON the value. Else
    // no text.
    json_value value;
};

reading read(std::string_view payload) {
    if (!is_utf8(payload)) return {foreign_kind::bytes, {}};
    json_scanner scanner(payload, max_scan_depth);
    json_value type;
    json_member member;
    while (scanner.next(member)) {
        if (member.is_named("type")) type = member.value;
    }
    if (scanner.fault() == json_fault::none) return {foreign_kind::object, type};
    json_value value;
    if (scanner.fault() == json_fault::not_an_object && json_scanner(payload, max_scan_depth).whole(value)) {
        return {foreign_kind::other_json, value};
    }
    return {foreign_kind::text, {}};
}

bool is_passed_on(const json_value& type) {
    if (type.text.empty()) return true;
    const auto is_type = [&](std::string_view name) { return type.is_string(name); };
    return type.kind == json_kind::string && std::none_of(own_types.begin(), own_types.end(), is_type);
}

// What a member is told besides the payload.
struct surroundings {
    codec_kind kind;
    // Empty for classic members, and where everybody is told.
    std::string_view room;
    // JSON text; empty where the host has set no identity.
    std::string_view user;
};

// The object with its type first, and with this room and user in place of its own.
void write_object(std::string_view object, const json_value& type, const surroundings& around,
                  std::string& out) {
    out += "{\"type\":";
    out += type.text.empty() ? "\"message\"" : type.text;
    json_writer writer(out);
    if (!around.room.empty()) writer.text("roomId", around.room);
    writer.raw("user", around.user);
    const auto is_replaced = [&](const json_member& member) {
        return member.is_named("type") || (around.kind == codec_kind::v1 && member.is_named("roomId")) ||
               (!around.user.empty() && member.is_named("user"));
    };
    json_scanner scanner(object, max_scan_depth);
    json_member member;
    while (scanner.next(member)) {
        if (!is_replaced(member)) writer.raw(member.key.inside(), member.value.text);
    }
    writer.end();
}

// Who speaks, as JSON: what an envelope from elsewhere has for it may be any text.
std::string user_of(const room_message& message) {
    if (message.head == nullptr || message.head->user.empty()) return {};
    if (is_json_value(message.head->user)) return message.head->user;
    std::string quoted;
    write_json_string(message.head->user, quoted);
    return quoted;
}

void write_base64(std::string_view bytes, std::string& out) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto byte = [&](std::size_t i) -> std::uint32_t {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::uint32_t group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
        out += alphabet[group >> 18U];
        out += alphabet[group >> 12U & 63U];
        out += i + 1 < bytes.size() ? alphabet[group >> 6U & 63U] : '=';
        out += i + 2 < bytes.size() ? alphabet[group & 63U] : '=';
    }
}

void write_data(const reading& read, std::string_view payload, std::string& out) {
    switch (read.kind) {
        case foreign_kind::object:
            out += payload;
            break;
        case foreign_kind::other_json:
            out += read.value.text;
            break;
        case foreign_kind::text:
            write_json_string(payload, out);
            break;
        case foreign_kind::bytes:
            out += "{\"base64\":\"";
            write_base64(payload, out);
            out += "\"}";
            break;
    }
}

}  // namespace

void write_foreign(codec_kind kind, const room_message& message, std::string& out) {
    const reading found = read(message.payload);
    if (found.kind == foreign_kind::object && kind == codec_kind::classic &&
        message.form == payload_form::foreign) {
        out += message.payload;
        return;
    }
    const std::string user = user_of(message);
    const std::string_view room =
        kind == codec_kind::v1 ? std::string_view(message.room) : std::string_view();
    if (found.kind == foreign_kind::object && is_passed_on(found.value)) {
        return write_object(message.payload, found.value, {kind, room, user}, out);
    }
    json_writer writer(out, "message");
    if (!room.empty()) writer.text("roomId", room);
    writer.raw("user", user).key("data");
    write_data(found, message.payload, out);
    writer.number("timestamp", message.timestamp).end();
}

}  // namespace fanwire
