#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace fanwire {

/// The four bytes of a frame's masking key, in the order in which they apply to the payload's next bytes.
using mask_key = std::array<std::byte, 4>;

/// Masks or unmasks `bytes` in place (RFC 6455, 5.3: the same operation).
inline void apply_mask(std::span<std::byte> bytes, const mask_key& key) {
    std::uint32_t key4;
    std::memcpy(&key4, key.data(), sizeof key4);
    const std::uint64_t key8 = (std::uint64_t{key4} << 32U) | key4;

    std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    // Four words a step, all read before one is written, so that compilers make vector operations of them.
    for (; left >= 32; left -= 32, at += 32) {
        std::uint64_t words[4];
        std::memcpy(words, at, sizeof words);
        for (auto& word : words) {
            word ^= key8;
        }
        std::memcpy(at, words, sizeof words);
    }
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        word ^= key8;
        std::memcpy(at, &word, sizeof word);
    }
    for (std::size_t i = 0; i < left; ++i) {
        at[i] ^= key[i & 3U];
    }
}

/// Turns `key` to where it stands after `bytes` more bytes of payload, for a frame that comes in pieces.
inline void advance_mask(mask_key& key, std::size_t bytes) {
    std::rotate(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(bytes % key.size()), key.end());
}

}  // namespace fanwire
