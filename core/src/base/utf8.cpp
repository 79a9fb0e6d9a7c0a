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

std::uint8_t byte_at(const char* at) { return static_cast<std::uint8_t>(*at); }

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

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80; }

struct range {
    std::uint8_t lowest;
    std::uint8_t highest;
};

// Table 3-7 in two halves: how many bytes a lead byte wants, or `failed` if it is none; and the range of the
// first.
std::uint8_t bytes_behind(std::uint8_t lead) {
    if (lead < 0xC2 || lead > 0xF4) return failed;
    return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
}

range range_behind(std::uint8_t lead) {
    switch (lead) {
        case 0xE0:
            return {0xA0, 0xBF};
        case 0xED:
            return {0x80, 0x9F};
        case 0xF0:
            return {0x90, 0xBF};
        case 0xF4:
            return {0x80, 0x8F};
        default:
            return {0x80, 0xBF};
    }
}

/// Skips good characters beyond ASCII that are there in full. Letters come in runs, in which the wide steps
/// of skip_ascii would only cost.
const char* skip_characters(const char* at, const char* end) {
    while (end - at >= 4) {
        const std::uint8_t lead = byte_at(at);
        const std::uint8_t more = bytes_behind(lead);
        if (more == failed) break;
        const range second = range_behind(lead);
        if (byte_at(at + 1) < second.lowest || byte_at(at + 1) > second.highest) break;
        if (more > 1 && !is_continuation(at[2])) break;
        if (more > 2 && !is_continuation(at[3])) break;
        at += more + 1;
    }
    return at;
}

}  // namespace

bool utf8_validator::feed(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (missing_ != failed && at != end) {
        if (missing_ == 0) {
            at = skip_characters(skip_ascii(at, end), end);
            if (at == end || byte_at(at) < 0x80) continue;
            missing_ = bytes_behind(byte_at(at));
            lowest_ = range_behind(byte_at(at)).lowest;
            highest_ = range_behind(byte_at(at)).highest;
        } else if (byte_at(at) < lowest_ || byte_at(at) > highest_) {
            missing_ = failed;
        } else {
            --missing_;
            lowest_ = 0x80;
            highest_ = 0xBF;
        }
        ++at;
    }
    return missing_ != failed;
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
    while (bytes > 0 && is_continuation(text[bytes])) {
        --bytes;
    }
    return bytes;
}

}  // namespace fanwire
