#pragma once

#include "net/upgraded_socket.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire {

class http_session;

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// A whole request. Valid for the call that it is given to.
struct http_request {
    std::string_view method;
    std::string_view target;
    /// In their order; names in lower case.
    http_headers headers;
    std::string_view body;
    /// `192.0.2.1:5000` or `[2001:db8::1]:5000`: the connection's, or what a PROXY header said.
    std::string_view remote_address;
    /// Whether that is the address of a trusted proxy, whose headers may speak for a client.
    bool is_from_proxy = false;
    /// A valid WebSocket handshake (RFC 6455, 4.2.1): answered by `upgrade`, or refused by `respond`.
    bool is_upgrade = false;

    /// The value of the first header of that name (in lower case); empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// The subprotocols that a client offers, in its order of preference. Valid as long as the request.
[[nodiscard]] std::vector<std::string_view> offered_subprotocols(const http_request& request);

struct http_response {
    unsigned status = 200;
    /// Empty: no such header.
    std::string content_type;
    std::string body;
    http_headers headers;
};

/// What is called with the socket once the client has been told that it is upgraded. Destroyed uncalled if
/// that fails.
using upgrade_function = std::function<void(upgraded_socket)>;

/// The one answer to a request. It may be given at once or later, on the session's thread. If it is dropped,
/// the answer is 500; if the client has gone meanwhile, nothing happens.
class http_responder {
public:
    explicit http_responder(std::shared_ptr<http_session> session) noexcept;
    http_responder(http_responder&&) noexcept = default;
    http_responder& operator=(http_responder&&) = delete;
    ~http_responder();

    void respond(http_response response);

    /// Agrees to a WebSocket handshake. `subprotocol` is one of the offered, or empty for none.
    /// Preconditions: the request's `is_upgrade`.
    void upgrade(std::string_view subprotocol, upgrade_function then);

private:
    std::shared_ptr<http_session> session_;
};

/// Answers requests.
class http_handler {
public:
    virtual void on_request(const http_request& request, http_responder responder) = 0;
    /// A trusted proxy's connection was closed, since it did not begin with a PROXY header. Does nothing.
    virtual void on_bad_proxy_header() {}

protected:
    ~http_handler() = default;
};

}  // namespace fanwire
