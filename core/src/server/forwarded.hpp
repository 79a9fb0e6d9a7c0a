#pragma once

#include "net/http_handler.hpp"
#include "net/trusted_networks.hpp"

#include <string>
#include <string_view>

namespace fanwire {

/// The address of the client that made a request. Where the connection is that of a trusted proxy, it is the
/// last of `X-Forwarded-For` that is not a trusted proxy's itself: what stands before it may be the client's
/// invention. What is no address ends the search.
[[nodiscard]] std::string client_address(const http_request& request, const trusted_networks& proxies);

/// The host that a client asked for: `Host`, or what a trusted proxy says last in `X-Forwarded-Host`. Valid
/// as long as the request.
[[nodiscard]] std::string_view requested_host(const http_request& request);

/// Whether the request says for whom it was forwarded, but does not come from a trusted proxy.
[[nodiscard]] bool is_forwarded_by_a_stranger(const http_request& request);

}  // namespace fanwire
