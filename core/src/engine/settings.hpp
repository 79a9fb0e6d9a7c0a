#pragma once

#include "base/counter.hpp"
#include "base/time.hpp"
#include "protocol/limits.hpp"

#include <cstddef>
#include <cstdint>

namespace fanwire {

/// What a shard is set up with: from `options`, where defaults and bounds stand.
struct engine_settings {
    /// The number of this instance, and of the shard within it.
    std::uint64_t instance = 0;
    std::size_t shard = 0;
    protocol_limits protocol;
    std::size_t max_message_in_bytes = 0;
    std::size_t max_rooms_per_client = 0;
    std::size_t max_rooms = 0;
    bool allow_patterns = true;
    std::size_t max_at_hook = 1;
    duration heartbeat_interval{};
    duration heartbeat_timeout{};
    unsigned flush_hold_percent = 0;
};

/// What a shard has done. Written by the shard, read by anyone.
struct engine_counters {
    counter connections;
    counter connections_total;
    counter rooms;
    counter members;
    counter messages_in;
    counter deliveries;
    counter errors;
    counter heartbeats_missed;
};

}  // namespace fanwire
