#pragma once

#include "net/frame_header.hpp"
#include "net/mask.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fanwire::test {

inline constexpr mask_key some_mask{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};

/// A WebSocket frame as a client or server writes it, or, where a member says so, as neither may.
struct ws_frame {
    opcode code = opcode::text;
    std::string payload = {};
    bool is_final = true;
    std::optional<mask_key> mask = some_mask;           ///< None: unmasked, as a server writes it.
    unsigned reserved = 0;                              ///< The three reserved bits, 0 to 7.
    unsigned length_form_bytes = 0;                     ///< 1, 2 or 8, whatever the length; 0: the shortest.
    std::optional<std::uint64_t> announced_bytes = {};  ///< Instead of the length of the payload.
};

inline std::string big_endian(std::uint64_t value, unsigned bytes) {
    std::string text;
    for (unsigned i = bytes; i-- > 0;) text.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
    return text;
}

inline std::string encode_head(const ws_frame& frame) {
    const std::uint64_t length = frame.announced_bytes.value_or(frame.payload.size());
    unsigned form = frame.length_form_bytes;
    if (form == 0) form = length < 126 ? 1 : length <= 0xFFFF ? 2 : 8;

    const unsigned first =
        (frame.is_final ? 0x80U : 0U) | frame.reserved << 4U | static_cast<unsigned>(frame.code);
    const unsigned mask_bit = frame.mask ? 0x80U : 0U;
    std::string head = big_endian(first, 1);
    if (form == 1) return head + big_endian(mask_bit | length, 1);
    return head + big_endian(mask_bit | (form == 2 ? 126U : 127U), 1) + big_endian(length, form);
}

inline std::string encode(const ws_frame& frame) {
    std::string wire = encode_head(frame);
    if (!frame.mask) return wire + frame.payload;
    for (const std::byte byte : *frame.mask) wire.push_back(std::to_integer<char>(byte));
    std::string masked = frame.payload;
    apply_mask(std::as_writable_bytes(std::span(masked)), *frame.mask);
    return wire + masked;
}

inline std::string masked_text(std::string_view payload) { return encode({.payload = std::string(payload)}); }

inline std::string masked_binary(std::string_view payload) {
    return encode({.code = opcode::binary, .payload = std::string(payload)});
}

inline std::string masked_ping(std::string_view payload) {
    return encode({.code = opcode::ping, .payload = std::string(payload)});
}

inline std::string masked_pong(std::string_view payload) {
    return encode({.code = opcode::pong, .payload = std::string(payload)});
}

/// A fragment that begins a text message.
inline std::string masked_begin(std::string_view payload) {
    return encode({.payload = std::string(payload), .is_final = false});
}

/// A fragment in the middle of a message.
inline std::string masked_middle(std::string_view payload) {
    return encode({.code = opcode::continuation, .payload = std::string(payload), .is_final = false});
}

/// The last fragment of a message.
inline std::string masked_end(std::string_view payload) {
    return encode({.code = opcode::continuation, .payload = std::string(payload)});
}

inline std::string masked_close() { return encode({.code = opcode::close}); }

inline std::string masked_close(unsigned code, std::string_view reason = {}) {
    return encode({.code = opcode::close, .payload = big_endian(code, 2).append(reason)});
}

}  // namespace fanwire::test
