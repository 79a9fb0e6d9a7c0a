#pragma once

#include "base/message_head.hpp"
#include "base/room_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The envelope form of a message on the bus: a mark, a version, a head, then the payload unchanged. The
/// bytes are laid out in docs/reference/redis.md.
namespace fanwire {

/// The first byte. No UTF-8 begins with it, so no JSON does; and of the bytes of which that is true it is one
/// that other formats leave alone: no byte order mark (0xFE, 0xFF), no item of CBOR (up to 0xFB), no field of
/// a protocol buffer, and of MessagePack only the number -4.
inline constexpr char envelope_mark = '\xFC';
inline constexpr std::uint8_t envelope_version = 1;

/// What a head may be at most.
struct envelope_limits {
    std::size_t max_head_bytes = std::size_t{64} << 10;
    std::size_t max_headers = 128;
};

/// Why an envelope cannot be read.
enum class envelope_fault : std::uint8_t {
    none,
    /// A later fanwire wrote it.
    unknown_version,
    /// It is cut short or contradicts itself, or a text in it is no UTF-8.
    malformed,
    /// Its head is over a limit.
    too_large,
};

/// Whether bytes from the bus are in envelope form, readable or not.
[[nodiscard]] inline bool is_envelope(std::string_view bytes) noexcept {
    return !bytes.empty() && bytes.front() == envelope_mark;
}

/// Appends the envelope of a payload that has this head.
/// Preconditions: `fault_of(head)` is none; else readers will refuse it.
void write_envelope(const message_head& head, std::string_view payload, std::string& out);

/// How long the head is in an envelope.
[[nodiscard]] std::size_t head_bytes(const message_head& head) noexcept;

/// Why readers would refuse a head.
[[nodiscard]] envelope_fault fault_of(const message_head& head, const envelope_limits& limits = {});

/// Reads an envelope. `payload` is a part of `bytes`. Neither result means anything after a fault.
/// Preconditions: `is_envelope(bytes)`.
[[nodiscard]] envelope_fault read_envelope(std::string_view bytes, message_head& head,
                                           std::string_view& payload, const envelope_limits& limits = {});

/// Makes of a foreign message whose payload is an envelope what is inside. Any other message stays as it is,
/// and so does one with a fault.
[[nodiscard]] envelope_fault open_envelope(room_message& message);

}  // namespace fanwire
