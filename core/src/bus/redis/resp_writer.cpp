#include "bus/redis/resp_writer.hpp"

#include <charconv>

namespace fanwire {

namespace {

void write_length(std::string& out, char type, std::size_t length) {
    char digits[24];
    const auto [end, failed] = std::to_chars(digits, digits + sizeof(digits), length);
    out += type;
    out.append(digits, end);
    out += "\r\n";
}

}  // namespace

void write_command(std::string& out, std::span<const std::string_view> words) {
    write_length(out, '*', words.size());
    for (const std::string_view word : words) {
        write_length(out, '$', word.size());
        out += word;
        out += "\r\n";
    }
}

}  // namespace fanwire
