#pragma once

#include "net/net_stats.hpp"
#include "net/upgraded_socket.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace fanwire {

struct listen_options {
    /// An address, or a name that stands for one. Empty: all addresses.
    std::string host = "127.0.0.1";
    /// Zero: a free one.
    std::uint16_t port = 0;
    /// Lets several processes listen on the port.
    bool reuse_port = false;
};

/// Accepts connections. When descriptors run out it pauses for a moment, and never spins.
///
/// Thread safety: all calls on the thread of the `io_context`, except `port` and `stats`. The constructor may
/// run before that thread does.
class listener {
public:
    using accept_function = std::function<void(accepted_socket)>;

    /// Binds and listens. Errors: throws `std::system_error` whose sentence names address and port.
    listener(boost::asio::io_context& context, const listen_options& options, accept_function on_accept);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Begins to accept. The sockets that `on_accept` is given do not block and are closed on exec.
    void start();

    /// Hands over what the system had accepted already, then closes.
    void stop();

    /// The port that it listens on.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    [[nodiscard]] const listener_stats& stats() const noexcept { return stats_; }

private:
    enum class batch_end : std::uint8_t { nothing_left, maybe_more, must_pause };

    void wait_for_connections();
    void pause();
    [[nodiscard]] batch_end accept_batch();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_timer_;
    accept_function on_accept_;
    std::uint16_t port_ = 0;
    listener_stats stats_;
    // What the io_context's handlers look at before they touch the listener, which may have gone.
    std::shared_ptr<void> life_;
};

}  // namespace fanwire
