#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

/// The addresses whose word about their clients is believed. An IPv4 address and its mapped IPv6 form are the
/// same; `::/0` takes in all of both.
///
/// Thread safety: May be used from any thread; it never changes.
class trusted_networks {
public:
    /// Trusts nobody.
    trusted_networks() = default;
    /// Preconditions: each is an address, or a network such as `10.0.0.0/8` (`is_network`).
    explicit trusted_networks(const std::vector<std::string>& networks);

    [[nodiscard]] static bool is_network(std::string_view text);

    [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;
    /// Whether the address of `192.0.2.1:5000` or the like is among them.
    [[nodiscard]] bool contains(std::string_view endpoint_text) const;

private:
    using bytes = std::array<unsigned char, 16>;
    struct network {
        bytes prefix;
        unsigned bits;
    };

    [[nodiscard]] static bool read(std::string_view text, network& out);
    [[nodiscard]] static bytes bytes_of(const boost::asio::ip::address& address);

    std::vector<network> networks_;
};

}  // namespace fanwire
