#include "bus/local_bus.hpp"

#include <bit>
#include <utility>

namespace fanwire {

std::size_t local_hub::attach(executor& shard, bus_listener& listener) {
    outlets_.push_back({&shard, &listener});
    return outlets_.size() - 1;
}

void local_hub::publish(const shared_message& message) {
    const shard_set all =
        outlets_.size() == max_shards ? ~shard_set{0} : (shard_set{1} << outlets_.size()) - 1;
    for (shard_set left = message->room.empty() ? all : interest_.of(message->room); left != 0;
         left &= left - 1) {
        const outlet& to = outlets_[static_cast<std::size_t>(std::countr_zero(left))];
        if (to.shard->is_current()) {
            to.listener->on_message(message);
        } else {
            to.shard->post([listener = to.listener, message] { listener->on_message(message); });
        }
    }
}

local_bus::local_bus(std::shared_ptr<local_hub> hub, executor& shard, bus_listener& listener)
    : hub_(std::move(hub)),
      shard_(shard),
      index_(hub_->attach(shard, listener)) {}

void local_bus::publish(const shared_message& message, publish_done done) {
    if (hub_->home().is_current()) {
        hub_->publish(message);
        if (done) done({}, {});
        return;
    }
    hub_->home().post([hub = hub_, &shard = shard_, message, done = std::move(done)]() mutable {
        hub->publish(message);
        if (done) shard.post([done = std::move(done)] { done({}, {}); });
    });
}

void local_bus::subscribe(const subscription& wanted, subscribe_done done) {
    if (hub_->home().is_current()) {
        hub_->subscribe(index_, wanted);
        if (done) done(false);
        return;
    }
    hub_->home().post(
        [hub = hub_, &shard = shard_, index = index_, wanted, done = std::move(done)]() mutable {
            hub->subscribe(index, wanted);
            if (done) shard.post([done = std::move(done)] { done(false); });
        });
}

void local_bus::unsubscribe(const subscription& unwanted) {
    if (hub_->home().is_current()) {
        hub_->unsubscribe(index_, unwanted);
        return;
    }
    hub_->home().post([hub = hub_, index = index_, unwanted] { hub->unsubscribe(index, unwanted); });
}

}  // namespace fanwire
