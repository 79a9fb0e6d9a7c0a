#pragma once

#include "base/time.hpp"
#include "net/http_handler.hpp"
#include "net/net_stats.hpp"
#include "net/trusted_networks.hpp"
#include "net/upgraded_socket.hpp"

#include <cstddef>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace fanwire {

struct http_session_context;

struct http_options {
    /// Longest request head; beyond it the answer is 431.
    std::size_t max_header_bytes = std::size_t{8} << 10;
    /// Longest request body; beyond it the answer is 413.
    std::size_t max_body_bytes = std::size_t{64} << 10;
    /// Within which time a request must have come, whole, and a response must have been taken.
    duration timeout = std::chrono::seconds(10);
    /// Whose connections and headers speak for clients behind them.
    trusted_networks proxies = {};
    /// Whether the connections of `proxies` begin with a PROXY header.
    bool expects_proxy_header = false;
};

/// The HTTP conversations of a shard.
///
/// Thread safety: all calls on the thread of the `io_context`, except `stats`. Lifetime: outlived by the
/// `io_context` and the handler.
class http_session_set {
public:
    http_session_set(boost::asio::io_context& context, const http_options& options, http_handler& handler);
    /// Cuts all conversations.
    ~http_session_set();
    http_session_set(const http_session_set&) = delete;
    http_session_set& operator=(const http_session_set&) = delete;

    /// Begins a conversation on a new socket.
    void open(accepted_socket&& accepted);

    /// Ends conversations that wait for a request, at once; those that have one are answered first.
    void stop();

    /// How many conversations there are. Upgraded sockets do not count.
    [[nodiscard]] std::size_t size() const noexcept;

    [[nodiscard]] const http_stats& stats() const noexcept;

private:
    boost::asio::io_context& context_;
    std::shared_ptr<http_session_context> shared_;
};

}  // namespace fanwire
