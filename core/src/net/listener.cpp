#include "net/listener.hpp"

#include "net/endpoint.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace fanwire {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// How many are accepted before other work of the thread has its turn.
constexpr int accepts_per_turn = 64;
constexpr std::chrono::milliseconds pause_duration{100};

using reuse_port_option = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

tcp::endpoint resolve(asio::io_context& context, const listen_options& options) {
    const auto flags = tcp::resolver::passive | tcp::resolver::numeric_service;
    return *tcp::resolver(context).resolve(options.host, std::to_string(options.port), flags).begin();
}

tcp::acceptor listen(asio::io_context& context, const listen_options& options) {
    const tcp::endpoint endpoint = resolve(context, options);
    tcp::acceptor acceptor(context, endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (options.reuse_port) acceptor.set_option(reuse_port_option(true));
    acceptor.bind(endpoint);
    acceptor.listen(tcp::acceptor::max_listen_connections);
    acceptor.non_blocking(true);
    return acceptor;
}

tcp::acceptor listen_or_explain(asio::io_context& context, const listen_options& options) {
    try {
        return listen(context, options);
    } catch (const boost::system::system_error& error) {
        throw std::system_error(error.code(), "cannot listen on address " + options.host + ", port " +
                                                  std::to_string(options.port));
    }
}

/// Whether the error is that of one connection, which has gone again, or of none. The rest are lacks (of
/// descriptors, of memory) and what cannot be helped, which would come again at once.
bool is_over(int error) {
    switch (error) {
        case EINTR:
        case ECONNABORTED:
        case EPROTO:
        case EPERM:
        case ENETDOWN:
        case ENETUNREACH:
        case EHOSTUNREACH:
        case ENOPROTOOPT:
        case EOPNOTSUPP:
            return true;
        default:
            return false;
    }
}

std::string describe(const sockaddr_storage& address, socklen_t size) {
    tcp::endpoint endpoint;
    if (size == 0 || size > endpoint.capacity()) return {};
    std::memcpy(endpoint.data(), &address, size);
    endpoint.resize(size);
    return to_text({unmapped(endpoint.address()), endpoint.port()});
}

}  // namespace

listener::listener(asio::io_context& context, const listen_options& options, accept_function on_accept)
    : acceptor_(listen_or_explain(context, options)),
      pause_timer_(context),
      on_accept_(std::move(on_accept)),
      port_(acceptor_.local_endpoint().port()),
      life_(std::make_shared<char>()) {}

listener::~listener() = default;

void listener::start() { wait_for_connections(); }

void listener::stop() {
    if (!acceptor_.is_open()) return;
    while (accept_batch() == batch_end::maybe_more) {
    }
    acceptor_.close();
    pause_timer_.cancel();
}

void listener::wait_for_connections() {
    acceptor_.async_wait(tcp::acceptor::wait_read,
                         [this, life = std::weak_ptr<void>(life_)](const boost::system::error_code& error) {
                             if (life.expired() || error) return;
                             const auto end = accept_batch();
                             if (life.expired() || !acceptor_.is_open()) return;
                             if (end == batch_end::must_pause) {
                                 pause();
                             } else {
                                 wait_for_connections();
                             }
                         });
}

void listener::pause() {
    stats_.pauses.add();
    pause_timer_.expires_after(pause_duration);
    pause_timer_.async_wait(
        [this, life = std::weak_ptr<void>(life_)](const boost::system::error_code& error) {
            if (!life.expired() && !error) wait_for_connections();
        });
}

listener::batch_end listener::accept_batch() {
    for (int accepts = 0; accepts < accepts_per_turn; ++accepts) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        unique_fd accepted(::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (accepted) {
            stats_.accepted.add();
            on_accept_({.socket = std::move(accepted), .remote_address = describe(address, size)});
            if (!acceptor_.is_open()) return batch_end::nothing_left;
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return batch_end::nothing_left;
        if (!is_over(errno)) return batch_end::must_pause;
    }
    return batch_end::maybe_more;
}

}  // namespace fanwire
