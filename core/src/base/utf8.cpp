#include "base/utf8.hpp"

#include <cstring>

namespace fanwire {
namespace {

constexpr std::uint8_t failed = 0xFF;
constexpr std::uint64_t high_bits = 0x8080808080808080U;

std::uint64_t load(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

std::uint8_t byte_at(const char* at) {
    return static_cast<std::uint8_t>(*at);
}

const char* skip_ascii(const char* at, const char* end) {
    while (end - at >= 32) {
        if (((load(at) | load(at + 8) | load(at + 16) | load(at + 24)) & high_bits) != 0) {
            break;
        }
        at += 32;
    }
    while (end - at >= 8 && (load(at) & high_bits) == 0) {
        at += 8;
    }
    while (at != end && byte_at(at) < 0x80) {
        ++at;
    }
    return at;
}

bool is_continuation(std::uint8_t byte) {
    return (byte & 0xC0U) == 0x80;
}

}  // namespace

bool utf8_validator::feed(std::string_view text) {
    if (missing_ == failed) {
        return false;
    }
    const char* at = text.data();
    const char* const end = at + text.size();
    at = continue_sequence(at, end);
    while (missing_ == 0) {
        // Most text that is not ASCII has such characters in runs, where the wide steps of skip_ascii only
        // cost.
        if (at != end && byte_at(at) < 0x80) {
            at = skip_ascii(at, end);
        }
        if (at == end) {
            return true;
        }
        if (!begin_sequence(byte_at(at))) {
            break;
        }
        at = continue_sequence(at + 1, end);
    }
    return missing_ != failed;
}

// The rows of table 3-7: what a lead byte asks of the byte behind it.
bool utf8_validator::begin_sequence(std::uint8_t lead) {
    lowest_ = 0x80;
    highest_ = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        missing_ = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        missing_ = 2;
        if (lead == 0xE0) {
            lowest_ = 0xA0;
        } else if (lead == 0xED) {
            highest_ = 0x9F;
        }
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        missing_ = 3;
        if (lead == 0xF0) {
            lowest_ = 0x90;
        } else if (lead == 0xF4) {
            highest_ = 0x8F;
        }
    } else {
        missing_ = failed;
    }
    return missing_ != failed;
}

const char* utf8_validator::continue_sequence(const char* at, const char* end) {
    while (missing_ != 0 && at != end) {
        const std::uint8_t byte = byte_at(at);
        if (byte < lowest_ || byte > highest_) {
            missing_ = failed;
            break;
        }
        lowest_ = 0x80;
        highest_ = 0xBF;
        --missing_;
        ++at;
    }
    return at;
}

bool is_utf8(std::string_view text) {
    utf8_validator validator;
    return validator.feed(text) && validator.complete();
}

std::size_t utf8_prefix_bytes(std::string_view text, std::size_t limit_bytes) {
    if (text.size() <= limit_bytes) {
        return text.size();
    }
    std::size_t bytes = limit_bytes;
    while (bytes > 0 && is_continuation(static_cast<std::uint8_t>(text[bytes]))) {
        --bytes;
    }
    return bytes;
}

}  // namespace fanwire
