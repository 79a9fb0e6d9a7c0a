#include "server/forwarded.hpp"

#include "net/endpoint.hpp"
#include "net/ws_handshake.hpp"

#include <optional>
#include <ranges>

namespace fanwire {

namespace {

constexpr std::string_view for_header = "x-forwarded-for";
constexpr std::string_view host_header = "x-forwarded-host";

}  // namespace

std::string client_address(const http_request& request, const trusted_networks& proxies) {
    std::optional<endpoint> client;
    if (request.is_from_proxy) {
        const auto addresses = list_elements(request.headers, for_header);
        for (const std::string_view text : addresses | std::views::reverse) {
            const auto named = read_endpoint(text);
            if (!named) break;
            client = named;
            if (!proxies.contains(named->address)) break;
        }
    }
    return client ? to_text(*client) : std::string(request.remote_address);
}

std::string_view requested_host(const http_request& request) {
    if (request.is_from_proxy) {
        const auto hosts = list_elements(request.headers, host_header);
        if (!hosts.empty()) return hosts.back();
    }
    return request.header("host");
}

bool is_forwarded_by_a_stranger(const http_request& request) {
    return !request.is_from_proxy && !request.header(for_header).empty();
}

}  // namespace fanwire
