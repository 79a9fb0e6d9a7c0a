#include "protocol/json/json_decoder.hpp"

#include "base/room_name.hpp"
#include "base/utf8.hpp"
#include "protocol/json/json_string.hpp"

#include <utility>

namespace fanwire {
namespace {

enum class request : std::uint8_t { join, leave, publish, ping, history, unknown };

request request_of(const json_value& type) noexcept {
    if (type.is_string("message")) return request::publish;
    if (type.is_string("join")) return request::join;
    if (type.is_string("leave")) return request::leave;
    if (type.is_string("ping")) return request::ping;
    if (type.is_string("history")) return request::history;
    return request::unknown;
}

bool is_integer(const json_value& value) noexcept {
    return value.kind == json_kind::number && value.text.find_first_of(".eE") == std::string_view::npos;
}

std::string_view words_of(json_fault fault) noexcept {
    switch (fault) {
        case json_fault::none:
        case json_fault::not_an_object:
        case json_fault::too_deep:
        case json_fault::unexpected_character:
            break;
        case json_fault::unexpected_end:
            return "it ends too early";
        case json_fault::control_character:
            return "a control character stands in a string";
        case json_fault::bad_escape:
            return "there is no such escape";
        case json_fault::trailing_text:
            return "text follows the object";
    }
    return "unexpected character";
}

}  // namespace

// A room or pattern as a request names it; or what is wrong with it, to be read behind the field's name.
struct json_decoder::room_reading {
    std::string_view name;
    std::string_view complaint;
};

any_command json_decoder::decode(payload_kind kind, std::string_view payload) {
    scratch_.clear();
    if (kind == payload_kind::binary && !is_utf8(payload)) {
        return refuse({}, errc::bad_request, {"the message is not UTF-8"});
    }
    json_scanner scanner(payload, limits_.max_json_depth);
    json_fields fields;
    if (!fields.read(scanner)) return broken(scanner);
    return command_of(fields);
}

any_command json_decoder::command_of(const json_fields& fields) {
    request_echo echo = echo_of(fields);
    if (fields.has(json_field::id)) {
        const json_value& id = fields[json_field::id];
        if (!is_id(id)) {
            return refuse(echo, errc::bad_request,
                          {"id must be a string or an integer of at most ",
                           std::to_string(limits_.max_id_bytes), " bytes"});
        }
        echo.id = id.text;
    }
    if (fields[json_field::type].kind != json_kind::string) {
        return refuse(echo, errc::bad_request, {"type is missing, or not a string"});
    }
    switch (request_of(fields[json_field::type])) {
        case request::join:
            return into_or_out_of(fields, echo, true);
        case request::leave:
            return into_or_out_of(fields, echo, false);
        case request::publish:
            return publish_of(fields, echo);
        case request::ping:
            return command::ping{echo};
        case request::history:
            return refuse(echo, errc::no_history, {"the room keeps no history"});
        case request::unknown:
            break;
    }
    return refuse(echo, errc::unknown_type, {"type is none that this server knows"});
}

any_command json_decoder::into_or_out_of(const json_fields& fields, const request_echo& echo, bool is_join) {
    const bool is_pattern = fields.has(json_field::pattern);
    if (is_pattern && fields.has(json_field::room)) {
        return refuse(echo, errc::bad_request, {"roomId and pattern exclude each other"});
    }
    const room_reading room = read_room(fields, is_pattern ? json_field::pattern : json_field::room);
    if (!room.complaint.empty()) {
        return refuse(echo, errc::bad_room, {is_pattern ? "pattern " : "roomId ", room.complaint});
    }
    if (!is_join) return command::leave{echo, room.name, is_pattern};
    const json_value& since = fields[json_field::since];
    if (since.kind != json_kind::null && since.kind != json_kind::object) {
        return refuse(echo, errc::bad_request, {"since must be an object"});
    }
    return command::join{echo, room.name, is_pattern, since.kind == json_kind::object};
}

any_command json_decoder::publish_of(const json_fields& fields, const request_echo& echo) {
    // Passing it over would tell everybody what was meant for some.
    if (fields.has(json_field::pattern)) {
        return refuse(echo, errc::bad_request, {"a message goes to a roomId, not to a pattern"});
    }
    room_reading room;
    if (fields.has(json_field::room)) room = read_room(fields, json_field::room);
    if (!room.complaint.empty()) return refuse(echo, errc::bad_room, {"roomId ", room.complaint});
    std::string_view key;
    if (fields.has(json_field::key) && !read_key(fields[json_field::key], key)) {
        return refuse(echo, errc::bad_request,
                      {"key must be a string of 1 to ", std::to_string(limits_.max_id_bytes), " bytes"});
    }
    return command::publish{echo,
                            room.name,
                            fields[json_field::user].text,
                            fields[json_field::text].text,
                            fields[json_field::data].text,
                            key};
}

// The room is told back even when it is a bad one, unless it is no name at all or beyond all limits.
request_echo json_decoder::echo_of(const json_fields& fields) const noexcept {
    const bool is_pattern = !fields.has(json_field::room) && fields.has(json_field::pattern);
    const json_value& room = fields[is_pattern ? json_field::pattern : json_field::room];
    request_echo echo;
    const bool is_name = room.kind == json_kind::string || room.kind == json_kind::number;
    if (is_name && room.text.size() <= 6 * limits_.max_room_name_bytes + 2) {
        echo.room = room.text;
        echo.is_pattern = is_pattern;
    }
    return echo;
}

bool json_decoder::is_id(const json_value& value) const noexcept {
    if (value.kind != json_kind::string)
        return is_integer(value) && value.text.size() <= limits_.max_id_bytes;
    return unescaped_bytes(value.inside()) <= limits_.max_id_bytes;
}

json_decoder::room_reading json_decoder::read_room(const json_fields& fields, json_field field) {
    if (!fields.has(field)) return {{}, "is missing"};
    room_reading room = read_name(fields[field]);
    if (!room.complaint.empty()) return room;
    if (room.name.size() > limits_.max_room_name_bytes) {
        scratch_ = "is longer than " + std::to_string(limits_.max_room_name_bytes) + " bytes";
        room.complaint = scratch_;
    } else if (!is_room_name(room.name, limits_.max_room_name_bytes)) {
        room.complaint = "is empty or has an empty segment";
    } else if (field == json_field::pattern) {
        if (fields[field].kind != json_kind::string) {
            room.complaint = "must be a string";
        } else if (!is_room_pattern(room.name, limits_.max_room_name_bytes)) {
            room.complaint = "has a ** that is not its last segment";
        }
    }
    return room;
}

// The name that a value stands for, not checked yet. An integer stands for its digits.
json_decoder::room_reading json_decoder::read_name(const json_value& value) {
    if (is_integer(value) && value.text.front() != '-') return {value.text, {}};
    if (value.kind != json_kind::string) return {{}, "must be a string, or an integer in plain digits"};
    if (!value.is_escaped) return {value.inside(), {}};
    if (unescaped_bytes(value.inside()) > limits_.max_room_name_bytes) return {value.inside(), {}};
    scratch_.reserve(limits_.max_room_name_bytes + limits_.max_id_bytes);
    if (!unescape(value.inside(), scratch_)) return {{}, "holds half a surrogate pair"};
    return {scratch_, {}};
}

// Room and key share the scratch, which `read_name` has made wide enough for both; or the key is alone in it.
bool json_decoder::read_key(const json_value& value, std::string_view& out) {
    if (value.kind != json_kind::string) return false;
    const std::size_t bytes = unescaped_bytes(value.inside());
    if (bytes == 0 || bytes > limits_.max_id_bytes) return false;
    out = value.inside();
    if (!value.is_escaped) return true;
    const std::size_t start = scratch_.size();
    if (!unescape(value.inside(), scratch_)) return false;
    out = std::string_view(scratch_).substr(start);
    return true;
}

command::invalid json_decoder::broken(const json_scanner& scanner) {
    if (scanner.fault() == json_fault::not_an_object) {
        return refuse({}, errc::bad_request, {"the message must be a JSON object"});
    }
    if (scanner.fault() == json_fault::too_deep) {
        return refuse({}, errc::bad_request,
                      {"the JSON is nested deeper than ", std::to_string(limits_.max_json_depth), " levels"});
    }
    return refuse({}, errc::bad_request,
                  {"the JSON is broken at position ", std::to_string(scanner.position()), ": ",
                   words_of(scanner.fault())});
}

command::invalid json_decoder::refuse(const request_echo& echo, errc code, words sentence) {
    std::string joined;  // apart from the scratch, which words may stand in
    for (const std::string_view word : sentence) joined += word;
    scratch_ = std::move(joined);
    return {echo, code, scratch_};
}

}  // namespace fanwire
