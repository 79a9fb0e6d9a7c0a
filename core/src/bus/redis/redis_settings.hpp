#pragma once

#include "base/time.hpp"
#include "bus/outbox.hpp"
#include "bus/redis/redis_target.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace fanwire {

/// How to speak to Redis. Set from `options`, where defaults and bounds stand.
struct redis_settings {
    redis_target target;
    /// Gives the password for each connection anew, where it does not stand in the target.
    std::function<std::string()> read_password;
    /// For TLS; empty: the system's authorities, no client certificate, the target's host name.
    std::string ca_file;
    std::string certificate_file;
    std::string key_file;
    std::string server_name;

    /// How this instance is called on Redis.
    std::string instance;
    std::string room_prefix;
    std::string broadcast_channel;
    std::string key_prefix;

    duration connect_timeout{};
    duration command_timeout{};
    duration probe_interval{};
    duration probe_timeout{};
    duration unsubscribe_linger{};
    outbox::limits outbox_limits;
    /// How long a replay waits for other instances at most; never longer than the outage was.
    duration max_replay_delay{};
    /// Longer messages are not taken from Redis.
    std::size_t max_message_bytes = 0;
};

}  // namespace fanwire
