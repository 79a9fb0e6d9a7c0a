#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fanwire::test {

/// True if `text` is UTF-8: by decoding each character and encoding its number anew.
inline bool reference_is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text[0]);
        const std::size_t count = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead >= 0xF8 || (lead & 0xC0) == 0x80 || text.size() < count) return false;
        std::uint32_t number = count == 1 ? lead : lead & (0xFFU >> (count + 1));
        for (std::size_t i = 1; i < count; ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            if ((byte & 0xC0) != 0x80) return false;
            number = number << 6 | (byte & 0x3FU);
        }
        const std::size_t shortest = number < 0x80 ? 1 : number < 0x800 ? 2 : number < 0x10000 ? 3 : 4;
        if (shortest != count || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF)) return false;
        text.remove_prefix(count);
    }
    return true;
}

/// The bytes of the character `number`, whether there is one or not.
inline std::string reference_encode(std::uint32_t number) {
    if (number < 0x80) return {static_cast<char>(number)};
    std::string tail;
    std::uint32_t lead = 0xC0;
    while (true) {
        tail.insert(tail.begin(), static_cast<char>(0x80 | (number & 0x3F)));
        number >>= 6;
        const std::uint32_t room = 0x3F >> tail.size();
        if (number <= room) break;
        lead = 0x80 | lead >> 1;
    }
    return std::string{static_cast<char>(lead | number)} + tail;
}

/// True if `text` can be continued so that it is UTF-8: by trying. The bytes tried are the ends of all the
/// ranges that table 3-7 knows for a byte that is not the first.
inline bool reference_may_become_utf8(const std::string& text, int depth = 3) {
    if (reference_is_utf8(text)) return true;
    if (depth == 0) return false;
    for (const char byte : {'\x80', '\x8F', '\x90', '\x9F', '\xA0', '\xBF'}) {
        if (reference_may_become_utf8(text + byte, depth - 1)) return true;
    }
    return false;
}

}  // namespace fanwire::test
