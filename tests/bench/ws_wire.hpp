#pragma once

// The client's half of RFC 6455: masked frames out, unmasked frames in. As little as a load generator needs,
// and fast.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

namespace fanwire::bench {

using mask_key = std::array<char, 4>;

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct frame_view {
    opcode op;
    std::string_view payload;
    std::size_t size_bytes;  ///< head and payload together
};

enum class parse_status : std::uint8_t { complete, incomplete, broken };

inline std::uint64_t big_endian(const char* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// The frame at the head of `bytes`. Fragmented and masked frames are `broken`: no server here has a reason
/// to send them.
inline parse_status parse_frame(std::string_view bytes, frame_view& out) {
    if (bytes.size() < 2) return parse_status::incomplete;
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    const unsigned op = first & 0x0FU;
    if ((first & 0xF0U) != 0x80U || (second & 0x80U) != 0U || op == 0U || op > 10U)
        return parse_status::broken;

    std::size_t head = 2;
    std::uint64_t length = second;
    if (length >= 126) {
        const std::size_t extra = length == 126 ? 2 : 8;
        if (bytes.size() < head + extra) return parse_status::incomplete;
        length = big_endian(bytes.data() + head, extra);
        head += extra;
    }
    if (bytes.size() - head < length) return parse_status::incomplete;
    out = {static_cast<opcode>(op), bytes.substr(head, length), head + length};
    return parse_status::complete;
}

inline void mask_bytes(char* bytes, std::size_t count, const mask_key& key, std::size_t position = 0) {
    for (std::size_t i = 0; i < count; ++i) {
        bytes[i] = static_cast<char>(bytes[i] ^ key[(position + i) & 3U]);
    }
}

/// Appends one masked frame; returns the index of its first payload byte in `out`.
inline std::size_t append_frame(std::string& out, opcode op, std::string_view payload, const mask_key& key) {
    out.push_back(static_cast<char>(0x80U | static_cast<unsigned>(op)));
    const auto append_length = [&](std::size_t bytes) {
        for (std::size_t i = bytes; i-- > 0;)
            out.push_back(static_cast<char>(payload.size() >> (8 * i) & 0xFFU));
    };
    if (payload.size() < 126) {
        out.push_back(static_cast<char>(0x80U | payload.size()));
    } else if (payload.size() < 65'536) {
        out.push_back(static_cast<char>(0x80U | 126U));
        append_length(2);
    } else {
        out.push_back(static_cast<char>(0x80U | 127U));
        append_length(8);
    }
    out.append(key.data(), key.size());
    const std::size_t at = out.size();
    out.append(payload);
    mask_bytes(out.data() + at, payload.size(), key);
    return at;
}

inline mask_key random_mask_key(std::mt19937& random) {
    return std::bit_cast<mask_key>(static_cast<std::uint32_t>(random()));
}

/// A `Sec-WebSocket-Key`: 16 random bytes in base64.
inline std::string random_handshake_key(std::mt19937& random) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string key;
    for (int i = 0; i < 21; ++i) key.push_back(letters[random() & 63U]);
    key.push_back(letters[(random() & 3U) << 4U]);
    return key + "==";
}

}  // namespace fanwire::bench
