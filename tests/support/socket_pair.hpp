#pragma once

#include "net/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace fanwire::test {

/// Two sockets that are connected to each other and do not block.
struct socket_pair {
    unique_fd ours;
    unique_fd theirs;
};

inline void check(bool ok, const char* what) {
    if (!ok) throw std::system_error(errno, std::generic_category(), what);
}

inline socket_pair local_pair() {
    int both[2];
    check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both) == 0, "socketpair");
    return {unique_fd(both[0]), unique_fd(both[1])};
}

inline unique_fd tcp_socket() {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) throw std::system_error(errno, std::generic_category(), "socket");
    return unique_fd(made);
}

inline unique_fd connect_to(std::uint16_t port) {
    unique_fd made = tcp_socket();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
    check(::fcntl(made.get(), F_SETFL, O_NONBLOCK) == 0, "fcntl");
    return made;
}

inline socket_pair tcp_pair() {
    const unique_fd listening = tcp_socket();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    check(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
    check(::listen(listening.get(), 1) == 0, "listen");
    check(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    unique_fd theirs = connect_to(ntohs(address.sin_port));
    unique_fd ours(::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    check(static_cast<bool>(ours), "accept4");
    return {std::move(ours), std::move(theirs)};
}

/// How many descriptors the process has open.
inline std::ptrdiff_t count_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
}

}  // namespace fanwire::test
