#pragma once

#include "message_layout.hpp"
#include "meters.hpp"
#include "options.hpp"
#include "ws_wire.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace fanwire::bench {

enum class client_state : std::uint8_t { connecting, upgrading, joining, ready };

struct client {
    std::uint32_t index = 0;
    std::uint32_t room = 0;  ///< of a member
    bool is_member = true;
    int descriptor = -1;
    client_state state = client_state::connecting;
    bool waits_for_room_to_write = false;
    std::uint64_t next = 0;  ///< place in the room's order of the message that has to come next
    std::string tail;        ///< begin of a frame that has not come whole
    std::string out;         ///< bytes to send
};

class message_sink {
public:
    virtual ~message_sink() = default;
    virtual void on_message(client& from, std::string_view payload) = 0;
    /// Everything that one read brought has been handed over.
    virtual void on_read_end() = 0;
};

/// Many WebSocket clients on one epoll. Connects, upgrades, joins a room each, answers pings; whatever else
/// comes is the sink's. Every surprise is thrown as std::runtime_error: a bench over broken connections is
/// worth nothing.
class client_pool {
public:
    explicit client_pool(const options& o)
        : options_(o),
          epoll_(epoll_create1(EPOLL_CLOEXEC)),
          buffer_(256 * 1024 + 2 * o.payload_bytes, '\0') {
        if (epoll_ < 0) fail("epoll_create1");
        raise_descriptor_limit(o.all_clients() + 64);
        address_.sin_family = AF_INET;
        if (inet_pton(AF_INET, o.host.c_str(), &address_.sin_addr) != 1) {
            throw std::invalid_argument("--host is not an IPv4 address: " + o.host);
        }
    }

    client_pool(const client_pool&) = delete;
    client_pool& operator=(const client_pool&) = delete;

    ~client_pool() {
        for (const auto& c : clients_) close(c.descriptor);
        close(epoll_);
    }

    void set_sink(message_sink& sink) { sink_ = &sink; }

    [[nodiscard]] std::size_t size() const { return clients_.size(); }
    [[nodiscard]] client& at(std::size_t index) { return clients_[index]; }

    /// Opens clients until there are `count`, and waits until each is in its room. Client i goes to room i /
    /// members; those behind the last member are the senders who are none.
    void open_up_to(std::size_t count) {
        constexpr std::size_t at_once = 128;
        constexpr nanoseconds patience = 10'000'000'000;
        nanoseconds deadline = now() + patience;
        std::size_t ready_before = ready_;
        while (ready_ < count) {
            while (clients_.size() < count && clients_.size() - ready_ < at_once) connect_one();
            poll(100'000'000);
            if (ready_ != ready_before) deadline = now() + patience;
            ready_before = ready_;
            if (now() > deadline) {
                throw std::runtime_error(std::to_string(clients_.size() - ready_) +
                                         " clients wait in vain to be let in");
            }
        }
    }

    /// Waits at most `timeout` for something to read or write, and does it. Returns how many clients had
    /// something.
    int poll(nanoseconds timeout) {
        const timespec limit{timeout / 1'000'000'000, timeout % 1'000'000'000};
        const int count =
            epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &limit, nullptr);
        if (count < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events_[static_cast<std::size_t>(i)];
            client& c = clients_[event.data.u32];
            if ((event.events & EPOLLOUT) != 0U) on_writable(c);
            if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0U) on_readable(c);
        }
        return std::max(count, 0);
    }

    /// Sends what `out` holds, now or when there is room for it.
    void flush(client& c) {
        if (c.out.empty() || c.waits_for_room_to_write) return;
        const ssize_t sent = send(c.descriptor, c.out.data(), c.out.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) fail("send", c);
        if (sent > 0) c.out.erase(0, static_cast<std::size_t>(sent));
        if (!c.out.empty()) wait_to_write(c, true);
    }

private:
    static void raise_descriptor_limit(std::size_t wanted) {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_cur >= wanted) return;
        limit.rlim_cur = wanted;
        limit.rlim_max = std::max<rlim_t>(limit.rlim_max, wanted);
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            throw std::runtime_error("too many connections for the limit of open files (ulimit -n)");
        }
    }

    [[noreturn]] static void fail(const char* call) {
        throw std::runtime_error(std::string(call) + ": " + std::strerror(errno));
    }

    [[noreturn]] static void fail(const char* call, const client& c) {
        throw std::runtime_error("client " + std::to_string(c.index) + ": " + call + ": " +
                                 std::strerror(errno));
    }

    [[nodiscard]] std::uint16_t port_of(const client& c) const {
        return c.is_member ? options_.port : options_.publish_port;
    }

    void connect_one() {
        client& c = clients_.emplace_back();
        c.index = static_cast<std::uint32_t>(clients_.size() - 1);
        c.room = static_cast<std::uint32_t>(c.index / options_.members);
        c.is_member = c.index < options_.all_members();
        address_.sin_port = htons(port_of(c));
        c.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (c.descriptor < 0) fail("socket", c);
        const int on = 1;
        setsockopt(c.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr generic{};
        std::memcpy(&generic, &address_, sizeof address_);
        if (connect(c.descriptor, &generic, sizeof address_) != 0 && errno != EINPROGRESS) fail("connect", c);
        epoll_event event{EPOLLIN | EPOLLOUT, {.u32 = c.index}};
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, c.descriptor, &event) != 0) fail("epoll_ctl", c);
        c.waits_for_room_to_write = true;
    }

    void wait_to_write(client& c, bool waits) {
        c.waits_for_room_to_write = waits;
        epoll_event event{EPOLLIN, {.u32 = c.index}};
        if (waits) event.events |= EPOLLOUT;
        if (epoll_ctl(epoll_, EPOLL_CTL_MOD, c.descriptor, &event) != 0) fail("epoll_ctl", c);
    }

    void on_writable(client& c) {
        if (c.state == client_state::connecting) {
            socklen_t size = sizeof errno;
            getsockopt(c.descriptor, SOL_SOCKET, SO_ERROR, &errno, &size);
            if (errno != 0) fail("connect", c);
            c.state = client_state::upgrading;
            c.out = "GET " + options_.path + " HTTP/1.1\r\nHost: " + options_.host + ":" +
                    std::to_string(port_of(c)) +
                    "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
                    "13\r\nSec-WebSocket-Key: " +
                    random_handshake_key(random_) + "\r\n\r\n";
        }
        wait_to_write(c, false);
        flush(c);
    }

    void on_readable(client& c) {
        const std::size_t had = c.tail.size();
        std::memcpy(buffer_.data(), c.tail.data(), had);
        const ssize_t got = recv(c.descriptor, buffer_.data() + had, buffer_.size() - had, 0);
        if (got == 0)
            throw std::runtime_error("client " + std::to_string(c.index) +
                                     ": the server closed the connection");
        if (got < 0) {
            if (errno == EAGAIN) return;
            fail("recv", c);
        }
        std::string_view bytes(buffer_.data(), had + static_cast<std::size_t>(got));
        if (c.state == client_state::upgrading) bytes = read_upgrade_answer(c, bytes);
        if (c.state != client_state::upgrading) bytes = read_frames(c, bytes);
        c.tail.assign(bytes);
        if (sink_ != nullptr) sink_->on_read_end();
    }

    std::string_view read_upgrade_answer(client& c, std::string_view bytes) {
        const std::size_t end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos) return bytes;
        if (!bytes.starts_with("HTTP/1.1 101 ")) {
            throw std::runtime_error("upgrade refused: " + std::string(bytes.substr(0, bytes.find('\r'))));
        }
        if (options_.is_raw() || !c.is_member) {
            become_ready(c);
        } else {
            c.state = client_state::joining;
            const std::string join = R"({"type":"join","roomId":")" + room_name(c.room) + "\"}";
            append_frame(c.out, opcode::text, join, random_mask_key(random_));
            flush(c);
        }
        return bytes.substr(end + 4);
    }

    /// Returns the bytes that are not yet a whole frame.
    std::string_view read_frames(client& c, std::string_view bytes) {
        frame_view frame{};
        for (;;) {
            switch (parse_frame(bytes, frame)) {
                case parse_status::incomplete:
                    return bytes;
                case parse_status::broken:
                    throw std::runtime_error("client " + std::to_string(c.index) + ": broken frame");
                case parse_status::complete:
                    break;
            }
            bytes.remove_prefix(frame.size_bytes);
            on_frame(c, frame);
        }
    }

    void on_frame(client& c, const frame_view& frame) {
        if (frame.op == opcode::ping) {
            append_frame(c.out, opcode::pong, frame.payload, random_mask_key(random_));
            flush(c);
        } else if (frame.op == opcode::close) {
            throw std::runtime_error("client " + std::to_string(c.index) + ": closed, " +
                                     close_reason(frame.payload));
        } else if (frame.op == opcode::pong) {
            return;
        } else if (c.state == client_state::joining) {
            if (!frame.payload.starts_with(R"({"type":"joined")")) {
                throw std::runtime_error("not joined: " + std::string(frame.payload.substr(0, 200)));
            }
            become_ready(c);
        } else if (sink_ == nullptr || !c.is_member) {
            throw std::runtime_error("a message that nobody sent: " +
                                     std::string(frame.payload.substr(0, 200)));
        } else {
            sink_->on_message(c, frame.payload);
        }
    }

    static std::string close_reason(std::string_view payload) {
        if (payload.size() < 2) return "no code";
        return "code " + std::to_string(big_endian(payload.data(), 2)) + " " + std::string(payload.substr(2));
    }

    void become_ready(client& c) {
        c.state = client_state::ready;
        ++ready_;
    }

    const options& options_;
    int epoll_;
    sockaddr_in address_{};
    std::string buffer_;
    std::array<epoll_event, 512> events_{};
    std::deque<client> clients_;
    std::size_t ready_ = 0;
    message_sink* sink_ = nullptr;
    std::mt19937 random_{std::random_device{}()};
};

}  // namespace fanwire::bench
