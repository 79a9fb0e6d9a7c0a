#pragma once

#include <fanwire/client_id.hpp>
#include <fanwire/hooks.hpp>
#include <fanwire/options.hpp>
#include <fanwire/server.hpp>
#include <fanwire/stats.hpp>

#include "base/room_message.hpp"
#include "server/instance_state.hpp"
#include "server/shard_thread.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

class bus_thread;
class bus_watch;
class listener;

/// A server that runs: from the start of its threads to their end.
///
/// Thread safety: `start` and `stop` by one thread at a time, the rest from any thread.
class runtime {
public:
    runtime(const options& given, const host& asked);
    ~runtime();
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;

    /// Exceptions: `std::system_error` if the address cannot be listened on.
    void start();
    /// Drains over `spread`, then ends all threads.
    void stop(std::chrono::milliseconds spread);
    /// Shortens a stop that is under way: what is left closes at once.
    void hurry();

    void publish(shared_message message, server::publish_callback done);
    void send(client_id to, std::string data, server::send_callback done);

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string url() const;
    [[nodiscard]] fanwire::stats stats() const;

private:
    void attach_local_bus();
    void attach_redis_bus();
    void accept(accepted_socket&& accepted);
    void warn_if_open();
    void drain_shards(std::chrono::milliseconds spread);

    std::shared_ptr<instance_state> instance_;
    const bool has_hooks_;
    std::vector<std::unique_ptr<shard_thread>> shards_;
    /// Null without Redis. The watch outlives the thread that reports to it.
    std::unique_ptr<bus_watch> watch_;
    std::unique_ptr<bus_thread> bus_;
    std::unique_ptr<listener> listener_;
    std::uint16_t port_ = 0;

    std::mutex drain_mutex_;
    std::condition_variable drained_;
    std::size_t shards_drained_ = 0;
};

}  // namespace fanwire
