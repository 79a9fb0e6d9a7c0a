#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// JSON strings (RFC 8259, 7). `raw` is what stands between the quotes of a string that was found valid.
namespace fanwire {

/// The first character of a string's inside that does not stand for itself: a quote, a backslash, a control
/// character; `end` if there is none.
[[nodiscard]] inline const char* find_special(const char* at, const char* end) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t high_bits = 0x80 * ones;
    while (end - at >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t quote = word ^ ('"' * ones);
        const std::uint64_t backslash = word ^ ('\\' * ones);
        // Of each byte the high bit, if it is below 0x20, a quote or a backslash. A borrow can mark a byte
        // too many, but only above one that is rightly marked.
        const std::uint64_t marked =
            (((word - 0x20 * ones) & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) &
            high_bits;
        if (marked != 0) {
            if constexpr (std::endian::native == std::endian::little)
                return at + std::countr_zero(marked) / 8;
            break;
        }
        at += 8;
    }
    while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
    return at;
}

/// Appends `text`, which is UTF-8, as a JSON string with its quotes.
void write_json_string(std::string_view text, std::string& out);

/// How many bytes of UTF-8 `raw` stands for; half a surrogate pair counts as three.
[[nodiscard]] std::size_t unescaped_bytes(std::string_view raw) noexcept;

/// Appends the UTF-8 that `raw` stands for.
/// Returns false, with part of it appended, if half a surrogate pair stands in it: it has no UTF-8.
[[nodiscard]] bool unescape(std::string_view raw, std::string& out);

/// Whether `raw` stands for `text`, which is shorter than 16 bytes and holds no half of a surrogate pair.
[[nodiscard]] bool stands_for(std::string_view raw, std::string_view text) noexcept;

}  // namespace fanwire
