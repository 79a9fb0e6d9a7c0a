#include "net/proxy_header.hpp"

#include <algorithm>
#include <array>

namespace fanwire {

namespace ip = boost::asio::ip;
using namespace std::string_view_literals;

namespace {

using status = proxy_header::status;
using subject = proxy_header::subject;

constexpr auto v1_start = "PROXY "sv;
constexpr std::size_t v1_longest = 107;
constexpr auto v2_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t v2_head_bytes = 16;

const proxy_header needs_more{.state = status::needs_more, .source = {}};
const proxy_header malformed{.state = status::malformed, .source = {}};

/// Whether as much as has come of `start` is the same.
bool begins_like(std::string_view received, std::string_view start) {
    const std::size_t common = std::min(received.size(), start.size());
    return received.substr(0, common) == start.substr(0, common);
}

// Version 1: a line of text

std::optional<std::uint16_t> read_plain_port(std::string_view text) {
    if (text.size() > 1 && text.starts_with('0')) return {};
    return read_port(text);
}

/// The words of a line that are parted by exactly one space each; none unless there are as many as asked.
template <std::size_t Count>
std::optional<std::array<std::string_view, Count>> words_of(std::string_view line) {
    std::array<std::string_view, Count> words;
    for (std::size_t index = 0; index < Count; ++index) {
        const std::size_t end = line.find(' ');
        const bool is_last = index + 1 == Count;
        if ((end == std::string_view::npos) != is_last) return {};
        words[index] = line.substr(0, end);
        line.remove_prefix(is_last ? line.size() : end + 1);
    }
    return words;
}

bool is_of_family(std::string_view address, bool is_v6) {
    return (address.find(':') != std::string_view::npos) == is_v6;
}

/// `TCP4 192.0.2.1 192.0.2.2 5000 443`
std::optional<endpoint> read_source(std::string_view line) {
    const auto words = words_of<5>(line);
    if (!words) return {};
    const auto& [family, from, to, from_port, to_port] = *words;
    const bool is_v6 = family == "TCP6";
    if (!is_v6 && family != "TCP4") return {};
    if (!is_of_family(from, is_v6) || !is_of_family(to, is_v6)) return {};
    const auto address = read_address(from);
    const auto port = read_plain_port(from_port);
    if (!address || !port || !read_address(to) || !read_plain_port(to_port)) return {};
    return endpoint{*address, port};
}

proxy_header read_v1(std::string_view received) {
    const std::size_t end = received.substr(0, v1_longest).find("\r\n");
    if (end == std::string_view::npos) return received.size() < v1_longest ? needs_more : malformed;
    if (end < v1_start.size()) return malformed;
    const std::string_view line = received.substr(v1_start.size(), end - v1_start.size());
    proxy_header header{.state = status::whole, .source = {}, .bytes = end + 2};
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return header;
    const auto source = read_source(line);
    if (!source) return malformed;
    header.about = subject::client;
    header.source = *source;
    return header;
}

// Version 2: a head of 16 bytes, addresses, and what is skipped

constexpr unsigned local_command = 0x20;
constexpr unsigned proxy_command = 0x21;

enum class family : std::uint8_t { unspecified, ipv4, ipv6, unix_path };
constexpr unsigned families = 4;
constexpr unsigned transports = 3;

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

template <class Address>
endpoint source_of(std::string_view block) {
    typename Address::bytes_type bytes;
    std::copy_n(block.begin(), bytes.size(), bytes.begin());
    return {unmapped(Address(bytes)), number_at(block, 2 * bytes.size())};
}

/// How many bytes a family's addresses take: source, destination, and their ports.
std::size_t block_bytes_of(family kind) {
    switch (kind) {
        case family::unspecified:
            return 0;
        case family::ipv4:
            return 12;
        case family::ipv6:
            return 36;
        case family::unix_path:
            return 216;
    }
    return 0;
}

proxy_header read_addresses(std::string_view block, unsigned kinds, std::size_t bytes) {
    if (kinds >> 4U >= families || (kinds & 0xFU) >= transports) return malformed;
    const auto kind = static_cast<family>(kinds >> 4U);
    if (block.size() < block_bytes_of(kind)) return malformed;
    proxy_header header{.state = status::whole, .source = {}, .bytes = bytes};
    const bool is_transport_known = (kinds & 0xFU) != 0;
    if (!is_transport_known || kind == family::unspecified || kind == family::unix_path) return header;
    header.about = subject::client;
    header.source =
        kind == family::ipv4 ? source_of<ip::address_v4>(block) : source_of<ip::address_v6>(block);
    return header;
}

proxy_header read_v2(std::string_view received) {
    const std::size_t command_at = v2_signature.size();
    if (received.size() <= command_at) return needs_more;
    const unsigned command = byte_at(received, command_at);
    if (command != local_command && command != proxy_command) return malformed;
    if (received.size() < v2_head_bytes) return needs_more;
    const std::size_t bytes = v2_head_bytes + number_at(received, command_at + 2);
    if (bytes > longest_proxy_header) return malformed;
    if (received.size() < bytes) return needs_more;
    if (command == local_command) {
        return {.state = status::whole, .about = subject::proxy, .source = {}, .bytes = bytes};
    }
    const std::string_view block = received.substr(v2_head_bytes, bytes - v2_head_bytes);
    return read_addresses(block, byte_at(received, command_at + 1), bytes);
}

}  // namespace

proxy_header read_proxy_header(std::string_view received) {
    if (begins_like(received, v1_start)) return read_v1(received);
    if (begins_like(received, v2_signature)) return read_v2(received);
    return malformed;
}

}  // namespace fanwire
