#pragma once

#include <cstdint>

namespace fanwire {

/// Why a connection ends, as the client is told in the close frame (RFC 6455, 7.4). Our own codes say by
/// their range whether to come back: 4000 to 4099 reconnect at once, 4100 to 4199 with back-off, 4200 to 4299
/// with new credentials, 4300 to 4399 not at all.
enum class close_code : std::uint16_t {
    /// The purpose is fulfilled. The client decides whether to come back.
    normal = 1000,
    /// The server goes away. Reconnect with back-off.
    going_away = 1001,
    /// The client broke the framing rules. Reconnect with back-off; only another client does better.
    protocol_error = 1002,
    /// A kind of payload that this endpoint cannot take. Reconnect with back-off; do not send it again.
    unsupported_data = 1003,
    /// The peer's close frame carried no code. Never sent.
    no_status = 1005,
    /// The connection ended without a close frame. Never sent.
    abnormal = 1006,
    /// Text that is not UTF-8. Reconnect with back-off; do not send it again.
    bad_payload = 1007,
    /// Against a rule that no other code names. Reconnect with back-off.
    policy_violation = 1008,
    /// A message over the size limit. Reconnect with back-off; do not send it again.
    too_large = 1009,
    /// A fault of the server's own. Reconnect with back-off.
    internal_error = 1011,
    /// The server drains: come back, elsewhere or later. Reconnect with back-off.
    service_restart = 1012,
    /// The server is overloaded. Reconnect with back-off.
    try_again_later = 1013,
    /// The client's session moved here anew. Reconnect at once.
    session_moved = 4000,
    /// The client read too slowly. Reconnect with back-off.
    slow_consumer = 4100,
    /// The client sent too fast. Reconnect with back-off.
    rate_limited = 4101,
    /// Too many connections. Reconnect with back-off.
    too_many_connections = 4102,
    /// The client did not answer the heartbeat. Reconnect with back-off.
    heartbeat_missed = 4103,
    /// The client's credentials ended. Get new ones first.
    expired = 4200,
    /// The host refused the client. Get new credentials first.
    refused = 4201,
    /// The host disconnected the client. Do not reconnect.
    disconnected = 4300,
    /// A newer connection of the same session took over. Do not reconnect.
    replaced = 4301,
    /// The client may not be here. Do not reconnect.
    forbidden = 4302,
};

/// Whether a close frame may carry `code` (RFC 6455, 7.4.1 and 7.4.2): 1000 to 1003, 1007 to 1014, 3000 to
/// 4999.
[[nodiscard]] constexpr bool is_sendable(std::uint16_t code) noexcept {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace fanwire
