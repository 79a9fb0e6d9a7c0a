#pragma once

#include "net/mask.hpp"
#include "net/ws_errc.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace fanwire {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

[[nodiscard]] constexpr bool is_control(opcode code) { return code >= opcode::close; }

/// The head of a WebSocket frame (RFC 6455, 5.2).
struct frame_header {
    std::uint64_t payload_bytes = 0;
    mask_key mask{};
    opcode code = opcode::continuation;
    bool is_final = false;
    std::uint8_t header_bytes = 0;  ///< Its own length on the wire; 0 while it is incomplete.
};

inline constexpr std::size_t max_header_bytes = 14;
inline constexpr std::size_t max_control_bytes = 125;

/// What decides whether the next header is acceptable, besides itself.
struct header_rules {
    std::size_t room_bytes;  ///< How long the payload of a data frame may be.
    bool expects_masked;
    bool is_inside_message;  ///< A fragmented message has begun and not ended.
};

/// Reads the header at the front of `bytes`. Refuses it as soon as a byte is there that no acceptable header
/// has, so that the outcome does not depend on how the bytes were cut.
[[nodiscard]] ws_errc read_frame_header(std::span<const std::byte> bytes, const header_rules& rules,
                                        frame_header& out);

}  // namespace fanwire
