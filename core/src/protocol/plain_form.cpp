#include "protocol/plain_form.hpp"

namespace fanwire {

namespace {

void append_field(std::string& out, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out += key;
    out += value;
}

}  // namespace

void write_plain_form(std::string& out, std::string_view user, std::string_view text, std::string_view data,
                      std::int64_t timestamp) {
    out += plain_form_head;
    append_field(out, ",\"user\":", user);
    append_field(out, ",\"text\":", text);
    append_field(out, ",\"data\":", data);
    out += ",\"timestamp\":";
    out += std::to_string(timestamp);
    out += '}';
}

}  // namespace fanwire
