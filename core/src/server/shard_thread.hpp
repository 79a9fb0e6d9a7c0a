#pragma once

#include <fanwire/options.hpp>

#include "base/counter.hpp"
#include "engine/shard.hpp"
#include "net/connection_set.hpp"
#include "net/http_session_set.hpp"
#include "net/poller.hpp"
#include "net/syscall_sender.hpp"
#include "server/answer_box.hpp"
#include "server/mailbox.hpp"
#include "server/routes.hpp"
#include "server/turn_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

namespace fanwire {

struct instance_state;

/// A shard with all that it runs on: its thread, its event loop, its sockets, its clock.
///
/// A turn: whatever is ready is read and carried out; then replies go out; then, unless more is to be
/// gathered, the rooms' batches. Thread safety: `tasks`, `counted`, `load` and the life cycle from any
/// thread, the rest on the shard's own.
class shard_thread final : private turn_handler {
public:
    shard_thread(std::size_t index, const std::shared_ptr<instance_state>& instance, const host& asked);
    ~shard_thread();
    shard_thread(const shard_thread&) = delete;
    shard_thread& operator=(const shard_thread&) = delete;

    // Before `start`
    [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
    void attach(std::unique_ptr<bus> to);

    void start();
    /// Answers no more hooks, tells the clients to go, and calls `done` once, on the shard's thread, when
    /// they have gone.
    void drain(duration spread, std::function<void()> done);
    /// Ends the loop and the thread, cutting what is left.
    void stop();

    [[nodiscard]] mailbox& tasks() noexcept { return tasks_; }
    [[nodiscard]] shard& core() noexcept { return *shard_; }
    /// Begins a conversation on a socket that was accepted for this shard.
    void take(accepted_socket&& accepted);
    /// How many sockets were given to this shard and have not gone.
    [[nodiscard]] std::size_t load() const noexcept {
        return load_.value() + arriving_.load(std::memory_order_relaxed);
    }
    /// Counts a socket that is on its way to this shard.
    void expect_socket() noexcept { arriving_.fetch_add(1, std::memory_order_relaxed); }

    [[nodiscard]] const connection_stats& connection_counts() const noexcept { return connections_->stats(); }
    [[nodiscard]] const http_stats& http_counts() const noexcept { return sessions_.stats(); }
    [[nodiscard]] std::uint64_t forwarded_ignored() const noexcept {
        return routes_.forwarded_ignored().value();
    }

private:
    void on_turn_end() override;
    void wait_for_tick();
    void wait_for_flush(time_point due);
    void tell_when_drained();

    const std::size_t index_;
    boost::asio::io_context context_;
    turn_clock clock_;
    syscall_sender sender_;
    mailbox tasks_;
    std::shared_ptr<answer_box> answers_;
    std::unique_ptr<shard> shard_;
    std::unique_ptr<bus> bus_;
    std::unique_ptr<poller> poller_;
    std::unique_ptr<connection_set> connections_;
    routes routes_;
    http_session_set sessions_;
    boost::asio::steady_timer tick_timer_;
    boost::asio::steady_timer flush_timer_;
    bool is_holding_ = false;
    bool is_draining_ = false;
    std::function<void()> on_drained_;
    counter load_;
    std::atomic<std::size_t> arriving_{0};
    std::thread thread_;
};

}  // namespace fanwire
