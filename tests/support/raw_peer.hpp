#pragma once

#include "net/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace fanwire::test {

/// The other end of a socket: sends what it is told, byte for byte, and keeps what comes.
class raw_peer {
public:
    explicit raw_peer(unique_fd socket) : socket_(std::move(socket)) {}

    void send(std::string_view bytes) { to_send_.append(bytes); }
    void stop_reading() { reads_ = false; }
    void read_again() { reads_ = true; }
    void end_stream() {
        if (socket_) ::shutdown(socket_.get(), SHUT_WR);
    }
    void close() { socket_ = unique_fd(); }

    /// Closes so that the other side sees a reset.
    void reset() {
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }

    /// Sends and receives what is possible now.
    void pump() {
        if (!socket_) return;
        if (!to_send_.empty()) {
            const ssize_t sent = ::send(socket_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
            if (sent > 0) to_send_.erase(0, static_cast<std::size_t>(sent));
        }
        if (reads_) read();
    }

    [[nodiscard]] const std::string& received() const { return received_; }
    [[nodiscard]] bool has_sent_all() const { return to_send_.empty(); }
    [[nodiscard]] bool has_seen_end() const { return has_seen_end_; }
    [[nodiscard]] bool has_seen_reset() const { return has_seen_reset_; }
    [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
    void read() {
        static thread_local std::array<char, 1 << 16> buffer;
        for (;;) {
            const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
            if (got > 0) {
                received_.append(buffer.data(), static_cast<std::size_t>(got));
                continue;
            }
            if (got == 0) has_seen_end_ = true;
            if (got < 0 && errno != EAGAIN) has_seen_reset_ = true;
            return;
        }
    }

    unique_fd socket_;
    std::string to_send_;
    std::string received_;
    bool reads_ = true;
    bool has_seen_end_ = false;
    bool has_seen_reset_ = false;
};

}  // namespace fanwire::test
