#pragma once

#include "base/frame.hpp"
#include "base/room_message.hpp"
#include "protocol/command.hpp"
#include "protocol/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace fanwire {

/// Which encoded messages clients share: those of the same kind get the same bytes.
enum class codec_kind : std::uint8_t { classic, v1 };
inline constexpr std::size_t codec_kinds = 2;

/// Bytes to commands, and events to bytes, for one client and its protocol.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class codec {
public:
    virtual ~codec() = default;

    [[nodiscard]] virtual codec_kind kind() const noexcept = 0;

    /// Reads one WebSocket message. Never fails: what cannot be understood is `command::invalid`.
    [[nodiscard]] virtual any_command decode(payload_kind kind, std::string_view payload) = 0;

    /// Appends the payload that tells `told` to `out`.
    /// Returns false, and appends nothing, if this protocol does not tell it.
    [[nodiscard]] virtual bool encode(const any_event& told, std::string& out) = 0;

    /// Appends the payload that carries `message` to `out`: the same for all codecs of this kind.
    virtual void encode_message(const room_message& message, std::string& out) = 0;

    /// Which WebSocket messages this protocol sends.
    [[nodiscard]] virtual payload_kind sends() const noexcept = 0;
};

}  // namespace fanwire
