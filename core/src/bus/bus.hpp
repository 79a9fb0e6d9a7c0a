#pragma once

#include <fanwire/message.hpp>

#include "base/room_message.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <system_error>

namespace fanwire {

/// What a shard wants to hear: a room, a pattern, or everybody's messages (the empty room).
struct subscription {
    std::string name;
    bool is_pattern = false;

    friend auto operator<=>(const subscription&, const subscription&) = default;
};

/// What the bus tells a shard, on the shard's thread.
class bus_listener {
public:
    virtual ~bus_listener() = default;

    /// A message that the shard has a subscription for; once a publish, in the room's one order.
    virtual void on_message(const shared_message& message) = 0;

    /// Other instances cannot be heard for now: what is joined is joined as local.
    virtual void on_lost() {}

    /// The bus works again: all that was subscribed as local is now subscribed in truth. Where
    /// `missing_since` (milliseconds since 1970) is not 0, messages of other instances may have been missed
    /// from then on.
    virtual void on_restored(std::int64_t missing_since) { static_cast<void>(missing_since); }
};

/// How instances, and the shards of one, hear one another. Each shard has a bus object of its own; all
/// publishes of a room reach all shards in one order.
///
/// Thread safety: all calls on the shard's thread, and so are all callbacks, which may come before the call
/// returns.
class bus {
public:
    using publish_done = std::function<void(std::error_code, const publish_result&)>;
    using subscribe_done = std::function<void(bool is_local)>;

    virtual ~bus() = default;

    /// Publishes. `done` may be empty; it is told once the bus has accepted the message.
    virtual void publish(const shared_message& message, publish_done done) = 0;

    /// Subscribes; `done` is told when it is certain that no later message is missed or, with `is_local`,
    /// that only this instance's messages can be heard for now.
    virtual void subscribe(const subscription& wanted, subscribe_done done) = 0;

    virtual void unsubscribe(const subscription& unwanted) = 0;
};

}  // namespace fanwire
