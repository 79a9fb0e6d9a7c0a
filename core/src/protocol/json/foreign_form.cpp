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

// The object with its type first and this room, in place of its own.
void write_object(std::string_view object, const json_value& type, std::string_view room, std::string& out) {
    out += "{\"type\":";
    out += type.text.empty() ? "\"message\"" : type.text;
    json_writer writer(out);
    if (!room.empty()) writer.text("roomId", room);
    json_scanner scanner(object, max_scan_depth);
    json_member member;
    while (scanner.next(member)) {
        if (!member.is_named("type") && !member.is_named("roomId")) {
            writer.raw(member.key.inside(), member.value.text);
        }
    }
    writer.end();
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
    const std::string_view room =
        kind == codec_kind::v1 ? std::string_view(message.room) : std::string_view();
    if (found.kind == foreign_kind::object) {
        if (kind == codec_kind::classic) {
            out += message.payload;
            return;
        }
        if (is_passed_on(found.value)) return write_object(message.payload, found.value, room, out);
    }
    json_writer writer(out, "message");
    if (!room.empty()) writer.text("roomId", room);
    writer.key("data");
    write_data(found, message.payload, out);
    writer.number("timestamp", message.timestamp).end();
}

}  // namespace fanwire
