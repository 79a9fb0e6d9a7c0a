#pragma once

#include "net/http_handler.hpp"

#include <string>
#include <string_view>

namespace fanwire {

/// What a request is to the WebSocket handshake.
enum class handshake_check : std::uint8_t {
    /// An ordinary request: it asks for no upgrade to WebSocket.
    none,
    valid,
    /// It asks for a version of the protocol that is not ours: 426, with ours.
    wrong_version,
    malformed,
};

/// The version of the protocol that is spoken here.
inline constexpr std::string_view websocket_version = "13";

/// Checks a request by RFC 6455, 4.2.1. `fault` becomes a sentence if it is malformed.
[[nodiscard]] handshake_check check_handshake(const http_request& request, bool is_http_1_1,
                                              std::string_view& fault);

/// What `Sec-WebSocket-Accept` must be for that key (RFC 6455, 4.2.2).
[[nodiscard]] std::string accept_key(std::string_view key);

/// The elements of a list header (RFC 9110, 5.6.1), over all headers of that name (in lower case). Views into
/// `headers`.
[[nodiscard]] std::vector<std::string_view> list_elements(const http_headers& headers, std::string_view name);

}  // namespace fanwire
