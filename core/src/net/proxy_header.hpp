#pragma once

#include "net/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fanwire {

/// The longest PROXY header that is read. One of version 1 has at most 107 bytes; this leaves one of version
/// 2 room for what proxies add, such as the names in a certificate.
inline constexpr std::size_t longest_proxy_header = 1024;

/// What the beginning of a connection is to the PROXY protocol, versions 1 and 2.
struct proxy_header {
    enum class status : std::uint8_t { needs_more, whole, malformed };
    /// Who the connection is about.
    enum class subject : std::uint8_t {
        /// The client at `source`.
        client,
        /// A client without an IP address, or whose address the proxy does not know.
        unknown,
        /// The proxy itself, which looks whether this server is well.
        proxy,
    };

    status state = status::malformed;
    subject about = subject::unknown;
    endpoint source;
    /// Where what the client sent begins.
    std::size_t bytes = 0;
};

/// Reads the header from all that has come of a connection so far. What is neither whole nor the beginning of
/// one is malformed, so that it never waits for more than `longest_proxy_header` bytes.
[[nodiscard]] proxy_header read_proxy_header(std::string_view received);

}  // namespace fanwire
