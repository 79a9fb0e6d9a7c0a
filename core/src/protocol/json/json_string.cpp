#include "protocol/json/json_string.hpp"

#include <array>
#include <charconv>

namespace fanwire {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// A character of a string's inside, and where the next one begins.
struct character {
    std::uint32_t code_point = 0;
    const char* next = nullptr;
};

bool is_high_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }

bool is_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

std::uint32_t read_unit(const char* digits) {
    std::uint32_t unit = 0;
    std::from_chars(digits, digits + 4, unit, 16);
    return unit;
}

char meaning_of(char escape) {
    switch (escape) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return escape;
    }
}

// Reads the escape at `at`: one or, for a surrogate pair, both.
character read_escape(const char* at, const char* end) {
    if (at[1] != 'u') return {static_cast<unsigned char>(meaning_of(at[1])), at + 2};
    const std::uint32_t first = read_unit(at + 2);
    at += 6;
    if (is_high_surrogate(first) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        const std::uint32_t second = read_unit(at + 2);
        if (is_surrogate(second) && !is_high_surrogate(second)) {
            return {0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00), at + 6};
        }
    }
    return {first, at};
}

std::size_t utf8_bytes(std::uint32_t code_point) {
    if (code_point < 0x80) return 1;
    if (code_point < 0x800) return 2;
    return code_point < 0x10000 ? 3 : 4;
}

void append_utf8(std::uint32_t code_point, std::string& out) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    const auto add_continuation = [&](unsigned shift) { add(0x80 | ((code_point >> shift) & 0x3F)); };
    switch (utf8_bytes(code_point)) {
        case 1:
            return add(code_point);
        case 2:
            add(0xC0 | (code_point >> 6));
            return add_continuation(0);
        case 3:
            add(0xE0 | (code_point >> 12));
            add_continuation(6);
            return add_continuation(0);
        default:
            add(0xF0 | (code_point >> 18));
            add_continuation(12);
            add_continuation(6);
            return add_continuation(0);
    }
}

const char* find_escape(const char* at, const char* end) {
    const void* const found = at == end ? nullptr : std::memchr(at, '\\', static_cast<std::size_t>(end - at));
    return found == nullptr ? end : static_cast<const char*>(found);
}

void write_escape(char c, std::string& out) {
    out += '\\';
    switch (c) {
        case '"':
        case '\\':
            out += c;
            break;
        case '\b':
            out += 'b';
            break;
        case '\f':
            out += 'f';
            break;
        case '\n':
            out += 'n';
            break;
        case '\r':
            out += 'r';
            break;
        case '\t':
            out += 't';
            break;
        default: {
            const auto byte = static_cast<unsigned char>(c);
            out += "u00";
            out += hex_digits[byte >> 4U];
            out += hex_digits[byte & 0xFU];
        }
    }
}

}  // namespace

void write_json_string(std::string_view text, std::string& out) {
    const char* at = text.data();
    const char* const end = at + text.size();
    out += '"';
    while (true) {
        const char* const special = find_special(at, end);
        out.append(at, special);
        if (special == end) break;
        write_escape(*special, out);
        at = special + 1;
    }
    out += '"';
}

std::size_t unescaped_bytes(std::string_view raw) noexcept {
    std::size_t bytes = 0;
    const char* at = raw.data();
    const char* const end = at + raw.size();
    while (true) {
        const char* const escape = find_escape(at, end);
        bytes += static_cast<std::size_t>(escape - at);
        if (escape == end) return bytes;
        const character read = read_escape(escape, end);
        bytes += utf8_bytes(read.code_point);
        at = read.next;
    }
}

bool unescape(std::string_view raw, std::string& out) {
    const char* at = raw.data();
    const char* const end = at + raw.size();
    while (true) {
        const char* const escape = find_escape(at, end);
        out.append(at, escape);
        if (escape == end) return true;
        const character read = read_escape(escape, end);
        if (is_surrogate(read.code_point)) return false;
        append_utf8(read.code_point, out);
        at = read.next;
    }
}

bool stands_for(std::string_view raw, std::string_view text) noexcept {
    // No escape is longer than six bytes: a long text is not read again for every name that it might be.
    if (raw.size() > 6 * text.size() || unescaped_bytes(raw) != text.size()) return false;
    std::string unescaped;  // never longer than what a std::string holds in itself
    return unescape(raw, unescaped) && unescaped == text;
}

}  // namespace fanwire
