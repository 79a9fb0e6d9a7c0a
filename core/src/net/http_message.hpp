#pragma once

#include "net/http_handler.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/message_generator.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

namespace fanwire {

/// The only HTTP version whose requests can be upgraded, as Beast numbers it.
inline constexpr unsigned http_1_1 = 11;

using beast_request = boost::beast::http::request<boost::beast::http::string_body>;

/// A request as the handler sees it. Views into `message`.
[[nodiscard]] http_request to_request(const beast_request& message, std::string_view remote_address);

/// RFC 9112, 3.2: a request names its host, once.
[[nodiscard]] bool has_host(const http_request& request, unsigned version);

/// A response as Beast writes it: without the body in answer to HEAD.
[[nodiscard]] boost::beast::http::message_generator to_message(http_response&& response, bool keep_alive,
                                                               bool is_head);

/// The server's side of the WebSocket handshake (RFC 6455, 4.2.2) in answer to the client's key.
[[nodiscard]] boost::beast::http::message_generator to_handshake(std::string_view key,
                                                                 std::string_view subprotocol);

}  // namespace fanwire
