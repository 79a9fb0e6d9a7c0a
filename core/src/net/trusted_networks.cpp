#include "net/trusted_networks.hpp"

#include "base/assert.hpp"
#include "net/endpoint.hpp"

#include <algorithm>
#include <optional>

namespace fanwire {

namespace ip = boost::asio::ip;

namespace {

constexpr unsigned all_bits = 128;
/// Where an IPv4 address begins in its mapped form.
constexpr unsigned mapped_bits = 96;

}  // namespace

trusted_networks::trusted_networks(const std::vector<std::string>& networks) {
    for (const std::string& text : networks) {
        network one{};
        const bool is_read = read(text, one);
        FANWIRE_ASSERT(is_read);
        networks_.push_back(one);
    }
}

bool trusted_networks::is_network(std::string_view text) {
    network ignored{};
    return read(text, ignored);
}

bool trusted_networks::contains(const ip::address& address) const {
    const bytes asked = bytes_of(address);
    return std::ranges::any_of(networks_, [&](const network& one) {
        const auto whole = one.bits / 8;
        if (!std::equal(asked.begin(), asked.begin() + whole, one.prefix.begin())) return false;
        const unsigned rest = one.bits % 8;
        return rest == 0 || ((asked[whole] ^ one.prefix[whole]) >> (8 - rest)) == 0;
    });
}

bool trusted_networks::contains(std::string_view endpoint_text) const {
    if (networks_.empty()) return false;
    const auto end = read_endpoint(endpoint_text);
    return end && contains(end->address);
}

bool trusted_networks::read(std::string_view text, network& out) {
    const std::size_t slash = text.find('/');
    const std::string_view address_text = text.substr(0, slash);
    const auto address = read_address(address_text);
    if (!address) return false;
    const bool is_written_short = address_text.find(':') == std::string_view::npos;
    out = {bytes_of(*address), all_bits};
    if (slash == std::string_view::npos) return true;
    const auto length = read_port(text.substr(slash + 1));
    const unsigned before = is_written_short ? mapped_bits : 0;
    if (!length || *length > all_bits - before) return false;
    out.bits = before + *length;
    return true;
}

trusted_networks::bytes trusted_networks::bytes_of(const ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

}  // namespace fanwire
