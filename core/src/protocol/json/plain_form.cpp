#include "protocol/json/plain_form.hpp"

#include "protocol/json/json_scanner.hpp"

#include <charconv>
#include <system_error>

namespace fanwire {
namespace {

bool read_timestamp(const json_value& value, std::int64_t& out) {
    const char* const end = value.text.data() + value.text.size();
    const auto result = std::from_chars(value.text.data(), end, out);
    return result.ec == std::errc{} && result.ptr == end;
}

std::string_view* field_of(const json_member& member, plain_fields& fields) {
    if (member.is_named("user")) return &fields.user;
    if (member.is_named("text")) return &fields.text;
    if (member.is_named("data")) return &fields.data;
    return nullptr;
}

}  // namespace

bool read_plain_form(std::string_view payload, plain_fields& out) {
    json_scanner scanner(payload, max_scan_depth);
    json_member member;
    if (!scanner.next(member) || !member.is_named("type") || !member.value.is_string("message")) return false;
    out = plain_fields{};
    bool has_timestamp = false;
    while (scanner.next(member)) {
        if (std::string_view* const field = field_of(member, out)) {
            if (!field->empty()) return false;
            *field = member.value.text;
        } else if (!has_timestamp && member.is_named("timestamp")) {
            has_timestamp = read_timestamp(member.value, out.timestamp);
            if (!has_timestamp) return false;
        } else {
            return false;
        }
    }
    return has_timestamp && scanner.fault() == json_fault::none;
}

}  // namespace fanwire
