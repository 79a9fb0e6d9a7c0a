#pragma once

#include <fanwire/options.hpp>

#include "bus/redis/asio_redis_link.hpp"
#include "bus/redis/redis_hub.hpp"
#include "bus/redis/redis_settings.hpp"
#include "server/mailbox.hpp"
#include "server/turn_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace fanwire {

struct instance_state;

/// The settings of a Redis bus, from the options.
/// Exceptions: `std::invalid_argument` with a sentence that names the option.
[[nodiscard]] redis_settings redis_settings_of(const options& given, std::uint64_t instance);

/// The bus of an instance with Redis, with all that it runs on: its thread, its event loop, its two links.
///
/// Thread safety: `hub().attach` before `start`; `counted` from any thread; the life cycle by one thread.
class bus_thread {
public:
    /// Exceptions: `std::invalid_argument` if an option about Redis cannot be used.
    explicit bus_thread(const std::shared_ptr<instance_state>& instance, redis_hub::state_change on_state);
    ~bus_thread();
    bus_thread(const bus_thread&) = delete;
    bus_thread& operator=(const bus_thread&) = delete;

    [[nodiscard]] const std::shared_ptr<redis_hub>& hub() noexcept { return hub_; }

    void start();
    /// Waits until the bus is online, but no longer than `patience`.
    void wait_until_online(std::chrono::milliseconds patience);
    /// Takes leave of Redis and ends the thread.
    void stop();

private:
    void on_turn_end();
    void wait_for_tick();
    void say_goodbye();

    redis_settings settings_;
    boost::asio::io_context context_;
    turn_clock clock_;
    mailbox tasks_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_online_ = false;
    std::shared_ptr<redis_hub> hub_;
    std::shared_ptr<asio_redis_link> publishing_;
    std::shared_ptr<asio_redis_link> subscribing_;
    boost::asio::steady_timer tick_timer_;
    int links_left_ = 2;
    std::thread thread_;
};

}  // namespace fanwire
