#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fanwire {

/// The SHA-1 of `bytes` (FIPS 180-4), which the WebSocket handshake asks for. Not for secrets.
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::string_view bytes);

}  // namespace fanwire
