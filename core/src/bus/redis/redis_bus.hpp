#pragma once

#include "base/executor.hpp"
#include "bus/bus.hpp"
#include "bus/redis/redis_hub.hpp"

#include <cstddef>
#include <memory>

namespace fanwire {

/// The bus of one shard with Redis: every call crosses to the bus's thread, and its answer crosses back.
class redis_bus final : public bus {
public:
    redis_bus(std::shared_ptr<redis_hub> hub, executor& shard, bus_listener& listener);

    void publish(const shared_message& message, publish_done done) override;
    void subscribe(const subscription& wanted, subscribe_done done) override;
    void unsubscribe(const subscription& unwanted) override;

private:
    std::shared_ptr<redis_hub> hub_;
    std::size_t index_;
};

}  // namespace fanwire
