#include "net/endpoint.hpp"

#include <charconv>
#include <system_error>

namespace fanwire {

namespace ip = boost::asio::ip;

namespace {

/// The longest text of an IPv6 address: one that ends as IPv4.
constexpr std::size_t longest_address = 45;

std::optional<endpoint> read_without_port(std::string_view text) {
    const auto address = read_address(text);
    if (!address) return {};
    return endpoint{*address, {}};
}

std::optional<endpoint> read_with_port(std::string_view address_text, std::string_view port_text) {
    const auto address = read_address(address_text);
    const auto port = read_port(port_text);
    if (!address || !port) return {};
    return endpoint{*address, port};
}

std::string_view without_zone(std::string_view text) { return text.substr(0, text.find('%')); }

std::optional<endpoint> read_bracketed(std::string_view text) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view inside = without_zone(text.substr(1, end - 1));
    if (inside.find(':') == std::string_view::npos) return {};
    const std::string_view rest = text.substr(end + 1);
    if (rest.empty()) return read_without_port(inside);
    if (!rest.starts_with(':')) return {};
    return read_with_port(inside, rest.substr(1));
}

}  // namespace

std::optional<ip::address> read_address(std::string_view text) {
    // Neither a zone, nor a byte at which the system would stop to read.
    constexpr std::string_view no_part_of_it{"%\0", 2};
    if (text.size() > longest_address || text.find_first_of(no_part_of_it) != std::string_view::npos)
        return {};
    boost::system::error_code error;
    const ip::address address = ip::make_address(std::string(text), error);
    if (error) return {};
    return unmapped(address);
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [read_to, failed] = std::from_chars(text.data(), end, port);
    if (failed != std::errc{} || read_to != end) return {};
    return port;
}

std::optional<endpoint> read_endpoint(std::string_view text) {
    if (text.starts_with('[')) return read_bracketed(text);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return read_without_port(text);
    if (text.find(':', colon + 1) == std::string_view::npos) {
        return read_with_port(text.substr(0, colon), text.substr(colon + 1));
    }
    return read_without_port(without_zone(text));
}

std::string to_text(const endpoint& end) {
    if (!end.port) return end.address.to_string();
    const std::string port = ":" + std::to_string(*end.port);
    return end.address.is_v4() ? end.address.to_string() + port : "[" + end.address.to_string() + "]" + port;
}

ip::address unmapped(const ip::address& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

}  // namespace fanwire
