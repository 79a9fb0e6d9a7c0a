#include "protocol/json/json_writer.hpp"

#include "protocol/json/json_string.hpp"

#include <array>
#include <charconv>

namespace fanwire {

json_writer::json_writer(std::string& out, std::string_view type) : out_(out) {
    out_ += "{\"type\":\"";
    out_ += type;
    out_ += '"';
}

json_writer& json_writer::raw(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    key(name);
    out_ += value;
    return *this;
}

json_writer& json_writer::text(std::string_view name, std::string_view value) {
    key(name);
    write_json_string(value, out_);
    return *this;
}

json_writer& json_writer::number(std::string_view name, std::int64_t value) {
    key(name);
    write_number(value, out_);
    return *this;
}

json_writer& json_writer::flag(std::string_view name, bool value) {
    return value ? raw(name, "true") : *this;
}

void json_writer::end() { out_ += '}'; }

void json_writer::key(std::string_view name) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
}

void write_number(std::int64_t number, std::string& out) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace fanwire
