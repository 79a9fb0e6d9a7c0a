#include "net/stream_socket.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace fanwire {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

void stream_socket::send_without_delay() noexcept {
    const int on = 1;
    // Fails on sockets that know no delay.
    static_cast<void>(::setsockopt(descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

std::optional<std::size_t> stream_socket::send(std::string_view bytes) noexcept {
    for (;;) {
        const ssize_t sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) [[likely]]
            return static_cast<std::size_t>(sent);
        if (would_block(errno)) return 0;
        if (errno != EINTR) return std::nullopt;
    }
}

stream_socket::received stream_socket::receive(std::span<std::byte> into) noexcept {
    for (;;) {
        const ssize_t got = ::recv(descriptor(), into.data(), into.size(), 0);
        if (got > 0) return {.status = receive_status::some, .bytes = static_cast<std::size_t>(got)};
        if (got == 0) return {.status = receive_status::end};
        if (would_block(errno)) return {.status = receive_status::nothing};
        if (errno != EINTR) return {.status = receive_status::broken};
    }
}

void stream_socket::end_stream() noexcept { ::shutdown(descriptor(), SHUT_WR); }

void stream_socket::cut() noexcept {
    // A child process of the host may hold a copy of the descriptor: closing ours would not end the stream.
    ::shutdown(descriptor(), SHUT_RDWR);
    socket_ = unique_fd();
}

}  // namespace fanwire
