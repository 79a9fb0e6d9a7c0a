#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fanwire {

/// Where Redis is and as whom to speak to it.
struct redis_target {
    enum class transport : std::uint8_t { tcp, tls, unix_socket };

    transport over = transport::tcp;
    /// A host name or address; unused for a Unix socket.
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    /// The path of a Unix socket.
    std::string path;
    /// Empty: the default user.
    std::string user;
    /// Empty: none is asked for.
    std::string password;
    unsigned database = 0;
};

/// Reads `redis://[user][:password@]host[:port][/database]`, `rediss://…` (TLS) or
/// `unix://[user][:password@]/path[?db=n]`, with percent-encoding in user and password. Exceptions:
/// `std::invalid_argument` with a sentence that does not show the password.
[[nodiscard]] redis_target parse_redis_url(std::string_view url);

/// The URL as it may be logged: with `***` for a password.
[[nodiscard]] std::string redacted_url(const redis_target& target);

}  // namespace fanwire
