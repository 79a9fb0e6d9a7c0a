#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fanwire {

/// Checks UTF-8 that comes in pieces, cut anywhere, and fails at the first byte that no valid text could have
/// there (Unicode table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
///
/// Thread safety: distinct objects safe, shared objects unsafe.
class utf8_validator {
public:
    /// False from the first bad byte on, until `reset`.
    [[nodiscard]] bool feed(std::string_view text);

    /// True if nothing was wrong so far and no character is left unfinished.
    [[nodiscard]] bool complete() const { return missing_ == 0; }

    void reset() { *this = utf8_validator{}; }

private:
    // What the character that has begun still needs: how many bytes, and the range of the next of them.
    std::uint8_t missing_ = 0;
    std::uint8_t lowest_ = 0;
    std::uint8_t highest_ = 0;
};

/// True if `text` is valid UTF-8 from its first byte to its last.
[[nodiscard]] bool is_utf8(std::string_view text);

/// How many of the first `limit_bytes` bytes of `text`, which is valid UTF-8, can be kept without cutting a
/// character in two.
[[nodiscard]] std::size_t utf8_prefix_bytes(std::string_view text, std::size_t limit_bytes);

}  // namespace fanwire
