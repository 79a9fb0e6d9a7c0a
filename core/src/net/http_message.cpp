#include "net/http_message.hpp"

#include "net/http_date.hpp"
#include "net/ws_handshake.hpp"

#include <boost/beast/http/empty_body.hpp>

#include <algorithm>
#include <ctime>
#include <string>
#include <utility>

namespace fanwire {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

template <class Body>
void set_head(http::response<Body>& message, const http_response& response, bool keep_alive) {
    message.set(http::field::date, http_date(std::time(nullptr)));
    if (!response.content_type.empty()) message.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    message.keep_alive(keep_alive);
}

}  // namespace

http_request to_request(const beast_request& message, std::string_view remote_address) {
    http_request request{.method = view(message.method_string()),
                         .target = view(message.target()),
                         .headers = {},
                         .body = message.body(),
                         .remote_address = remote_address};
    for (const auto& field : message) {
        request.headers.emplace_back(lower_case(view(field.name_string())), view(field.value()));
    }
    return request;
}

bool has_host(const http_request& request, unsigned version) {
    const auto hosts = std::ranges::count(request.headers, "host", &http_headers::value_type::first);
    return hosts == 1 || (hosts == 0 && version < http_1_1);
}

http::message_generator to_message(http_response&& response, bool keep_alive, bool is_head) {
    const auto status = static_cast<http::status>(response.status);
    if (is_head || !may_have_body(response.status)) {
        http::response<http::empty_body> message(status, http_1_1);
        set_head(message, response, keep_alive);
        if (may_have_body(response.status)) message.content_length(response.body.size());
        return message;
    }
    http::response<http::string_body> message(status, http_1_1);
    set_head(message, response, keep_alive);
    message.body() = std::move(response.body);
    message.prepare_payload();
    return message;
}

http::message_generator to_handshake(std::string_view key, std::string_view subprotocol) {
    http::response<http::empty_body> message(http::status::switching_protocols, http_1_1);
    message.set(http::field::upgrade, "websocket");
    message.set(http::field::connection, "Upgrade");
    message.set(http::field::sec_websocket_accept, accept_key(key));
    if (!subprotocol.empty())
        message.set(http::field::sec_websocket_protocol,
                    beast::string_view(subprotocol.data(), subprotocol.size()));
    return message;
}

}  // namespace fanwire
