#pragma once

#include "bus/redis/resp_reader.hpp"

#include <string_view>

namespace fanwire {

/// What a link tells its user, on the bus's thread; never from inside of `send` or `restart`.
class redis_link_handler {
public:
    /// Connected and logged in: commands may be sent.
    virtual void on_link_ready() = 0;
    /// The next reply, or a message that was pushed.
    virtual void on_link_reply(resp_view reply) = 0;
    /// Broken; it will be ready again some time. What was sent and not answered will not be answered.
    virtual void on_link_lost() = 0;

protected:
    ~redis_link_handler() = default;
};

/// One connection to Redis that comes back by itself.
///
/// Thread safety: all calls on the bus's thread.
class redis_link {
public:
    virtual ~redis_link() = default;

    /// Sends commands, after all that were sent before. Does nothing while the link is not ready.
    virtual void send(std::string_view commands) = 0;
    /// Gives the present connection up. `why` is logged.
    virtual void restart(std::string_view why) = 0;
};

}  // namespace fanwire
