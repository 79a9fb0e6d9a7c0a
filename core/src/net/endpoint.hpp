#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanwire {

/// The address of one end of a connection, with the port where it is known. An IPv4 address that is mapped
/// into IPv6 counts as the IPv4 address.
struct endpoint {
    boost::asio::ip::address address;
    std::optional<std::uint16_t> port;
};

/// Reads an IPv4 or IPv6 address without brackets, port and zone.
[[nodiscard]] std::optional<boost::asio::ip::address> read_address(std::string_view text);

/// Reads a decimal port, nothing else.
[[nodiscard]] std::optional<std::uint16_t> read_port(std::string_view text);

/// Reads `192.0.2.1`, `192.0.2.1:5000`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5000`. A zone, as in
/// `fe80::1%eth0`, is dropped.
[[nodiscard]] std::optional<endpoint> read_endpoint(std::string_view text);

/// Writes `192.0.2.1:5000` or `[2001:db8::1]:5000`; without a port, `192.0.2.1` or `2001:db8::1`.
[[nodiscard]] std::string to_text(const endpoint& end);

/// The IPv4 address of a mapped one, any other as it is.
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

}  // namespace fanwire
