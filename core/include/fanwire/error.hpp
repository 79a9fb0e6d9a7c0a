#pragma once

#include <string_view>
#include <system_error>

namespace fanwire {

/// What can go wrong, by the names that clients and hosts see (`error_name`).
enum class errc {
    /// The request is not what the protocol allows: not JSON, a field of the wrong kind, too deep.
    bad_request = 1,
    /// The request's `type` is none that this server knows.
    unknown_type,
    /// The room name is empty, too long, has an empty segment, or is not a name at all.
    bad_room,
    /// The host, or an option, does not allow it.
    forbidden,
    /// The client is not in the room that it wants something of.
    not_member,
    /// A message is over its size limit.
    too_large,
    /// Too many requests in too short a time.
    rate_limited,
    /// A limit on how many there may be has been reached.
    limit_reached,
    /// The room keeps no history.
    no_history,
    /// Messages were lost, or may have been.
    gap,
    /// The server, the host or the bus cannot do it now.
    unavailable,
    /// The connection to the bus broke before its answer: it may have happened or not.
    uncertain,
    /// The host did not answer in time.
    timeout,
    /// Credentials have ended.
    expired,
    /// A fault of the server's own.
    internal,
    /// The client has gone. A result of `send`; clients never see it.
    client_gone,
    /// The server is not running: not started yet, stopped, or stopping.
    not_running,
};

/// The name that clients, Python and Node see, such as `bad_room`.
[[nodiscard]] std::string_view error_name(errc code) noexcept;

/// The category of `errc`, called `fanwire`.
[[nodiscard]] const std::error_category& fanwire_category() noexcept;

[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), fanwire_category()};
}

}  // namespace fanwire

template <>
struct std::is_error_code_enum<fanwire::errc> : std::true_type {};
