#include "bus/redis/redis_bus.hpp"

#include <utility>

namespace fanwire {

redis_bus::redis_bus(std::shared_ptr<redis_hub> hub, executor& shard, bus_listener& listener)
    : hub_(std::move(hub)),
      index_(hub_->attach(shard, listener)) {}

void redis_bus::publish(const shared_message& message, publish_done done) {
    hub_->home().post([hub = hub_, index = index_, message, done = std::move(done)]() mutable {
        hub->publish(index, std::move(message), std::move(done));
    });
}

void redis_bus::subscribe(const subscription& wanted, subscribe_done done) {
    hub_->home().post([hub = hub_, index = index_, wanted, done = std::move(done)]() mutable {
        hub->subscribe(index, wanted, std::move(done));
    });
}

void redis_bus::unsubscribe(const subscription& unwanted) {
    hub_->home().post([hub = hub_, index = index_, unwanted] { hub->unsubscribe(index, unwanted); });
}

}  // namespace fanwire
