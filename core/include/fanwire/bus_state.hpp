#pragma once

#include <cstdint>

namespace fanwire {

/// How an instance and its Redis stand. The same for all its clients.
enum class bus_state {
    /// Redis cannot be reached: messages are heard on this instance only, and wait for Redis.
    disconnected,
    /// Redis is back, and what has waited goes out; what is published now is still heard here first.
    replaying,
    /// Messages go through Redis.
    connected,
};

/// The state of the bus has changed; or the server has started, and this is its first.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
struct bus_state_notice {
    bus_state state = bus_state::disconnected;
    /// When it began, in milliseconds since 1970.
    std::int64_t since = 0;
    /// Messages that waited for Redis then.
    std::uint64_t outbox_messages = 0;
};

}  // namespace fanwire
