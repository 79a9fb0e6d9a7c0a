#include "net/sha1.hpp"

#include <bit>
#include <cstddef>
#include <string>

namespace fanwire {

namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t length_bytes = 8;
constexpr int rounds = 80;

using words = std::array<std::uint32_t, 5>;

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) word = word << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    return word;
}

/// The function and the constant of a round (FIPS 180-4, 4.1.1 and 4.2.1), added up.
std::uint32_t mix(int round, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    if (round < 20) return ((b & c) ^ (~b & d)) + 0x5a827999U;
    if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1U;
    if (round < 60) return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdcU;
    return (b ^ c ^ d) + 0xca62c1d6U;
}

/// FIPS 180-4, 6.1.2.
void add_block(words& hash, std::string_view block) {
    std::array<std::uint32_t, rounds> schedule{};
    for (std::size_t i = 0; i < schedule.size(); ++i) {
        schedule[i] =
            i < 16 ? word_at(block, 4 * i)
                   : std::rotl(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
    }
    auto [a, b, c, d, e] = hash;
    for (int round = 0; round < rounds; ++round) {
        const std::uint32_t next =
            std::rotl(a, 5) + mix(round, b, c, d) + e + schedule[static_cast<std::size_t>(round)];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    hash = {hash[0] + a, hash[1] + b, hash[2] + c, hash[3] + d, hash[4] + e};
}

/// FIPS 180-4, 5.1.1: a one bit, zeros, and the length in bits fill the last block.
std::string pad(std::string_view bytes) {
    std::string padded(bytes);
    padded.push_back(static_cast<char>(0x80));
    while (padded.size() % block_bytes != block_bytes - length_bytes) padded.push_back('\0');
    const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
    for (int shift = 56; shift >= 0; shift -= 8) padded.push_back(static_cast<char>(bits >> shift & 0xFF));
    return padded;
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
    words hash{0x67452301U, 0xefcdab89U, 0x98badcfeU, 0x10325476U, 0xc3d2e1f0U};
    const std::string padded = pad(bytes);
    for (std::size_t at = 0; at < padded.size(); at += block_bytes) {
        add_block(hash, std::string_view(padded).substr(at, block_bytes));
    }
    std::array<std::uint8_t, 20> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest[i] = static_cast<std::uint8_t>(hash[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
}

}  // namespace fanwire
