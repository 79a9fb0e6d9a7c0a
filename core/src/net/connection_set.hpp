#pragma once

#include "base/time.hpp"
#include "net/connection.hpp"
#include "net/net_stats.hpp"
#include "net/poller.hpp"
#include "net/upgraded_socket.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace fanwire {

class ws_connection;

struct connection_options {
    std::size_t max_message_bytes = std::size_t{64} << 10;
    /// What may wait for one connection; beyond it is a slow consumer.
    std::size_t max_queue_bytes = std::size_t{1} << 20;
    /// How long the end of a connection may take: flushing, the peer's answer, its end of the stream.
    duration close_timeout = std::chrono::seconds(2);
};

/// The WebSocket connections of a shard, and what they share: a receive buffer, the list of those that are
/// closing.
///
/// A turn: what is ready is read and delivered; connections that ended are told to their handlers and
/// destroyed; then the owner's `on_turn_end` is called, and peers that sent a close frame are answered. A
/// connection that ends there (in the owner's flush, say) is told in the next turn, which comes without
/// waiting for traffic.
///
/// Thread safety: all calls on the thread of the shard, except `stats`.
class connection_set final : private turn_handler {
public:
    /// Lifetime: `watch` and `owner` outlive the set.
    connection_set(poller& watch, const connection_options& options, turn_handler& owner);
    /// Cuts all connections, telling nobody.
    ~connection_set();
    connection_set(const connection_set&) = delete;
    connection_set& operator=(const connection_set&) = delete;

    /// Takes a socket over. It can be written to at once; nothing is read before `start`.
    [[nodiscard]] connection& open(upgraded_socket&& upgraded);

    /// Begins to read. `handler` must live until it was told `on_closed`, which always comes. Called once,
    /// before the turn in which the connection was opened ends.
    void start(connection& started, connection_handler& handler);

    /// Ends those whose closing took too long. Called about ten times a second.
    void on_tick(time_point now);

    /// How many sockets there are, with those whose handlers were told `on_closed` but which still wait for
    /// the peer's end.
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

    [[nodiscard]] const connection_stats& stats() const noexcept { return stats_; }

private:
    friend class ws_connection;
    struct closing_entry {
        time_point deadline;
        ws_connection* owner;
    };
    using closing_list = std::list<closing_entry>;

    void on_turn_end() override;
    void deliver_revived();
    void answer_leaving();
    void tell_ended();
    void destroy_dead();

    // For `ws_connection`: these put it on a list that the end of the turn works through.
    void revive(ws_connection& revived);
    void let_leave(ws_connection& leaving);
    void forget_leaving(const ws_connection& leaving);
    void tell_end(ws_connection& ended);
    void bury(ws_connection& dead);

    void request_turn();
    [[nodiscard]] closing_list::iterator begin_closing(ws_connection& closing);
    void end_closing(closing_list::iterator place);
    void count_queue_bytes(std::size_t before, std::size_t after);
    [[nodiscard]] std::span<std::byte> receive_buffer() const;

    poller& poller_;
    turn_handler& owner_;
    const connection_options options_;
    connection_stats stats_;
    const std::unique_ptr<std::byte[]> receive_buffer_;
    std::vector<ws_connection*> all_;      // each knows its place; owned
    std::vector<ws_connection*> revived_;  // resumed, with messages that were read before
    std::vector<ws_connection*> leaving_;  // whose peers wait for the answer to their close frame
    std::vector<ws_connection*> ended_;    // whose handlers are to be told
    std::vector<ws_connection*> dead_;     // whose sockets are gone
    closing_list closing_;                 // in the order of their deadlines
    bool is_ending_turn_ = false;
};

}  // namespace fanwire
