#pragma once

#include "base/executor.hpp"
#include "bus/bus.hpp"
#include "bus/interest.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace fanwire {

/// Where the shards of one instance meet when there is no Redis: the one place that orders messages, on the
/// thread of the shard that is its home.
///
/// Thread safety: all calls on the home's thread, but for `attach`, which is called before any thread runs.
class local_hub {
public:
    explicit local_hub(executor& home) : home_(home) {}

    /// Adds a shard; its index is how many came before.
    std::size_t attach(executor& shard, bus_listener& listener);

    [[nodiscard]] executor& home() noexcept { return home_; }
    void publish(const shared_message& message);
    void subscribe(std::size_t shard, const subscription& wanted) { interest_.add(shard, wanted); }
    void unsubscribe(std::size_t shard, const subscription& unwanted) { interest_.remove(shard, unwanted); }

private:
    struct outlet {
        executor* shard;
        bus_listener* listener;
    };

    executor& home_;
    std::vector<outlet> outlets_;
    interest interest_;
};

/// The bus of one shard without Redis. On the hub's own shard every call is done when it returns; from
/// another, it crosses to the hub's thread and its answer crosses back.
class local_bus final : public bus {
public:
    local_bus(std::shared_ptr<local_hub> hub, executor& shard, bus_listener& listener);

    void publish(const shared_message& message, publish_done done) override;
    void subscribe(const subscription& wanted, subscribe_done done) override;
    void unsubscribe(const subscription& unwanted) override;

private:
    std::shared_ptr<local_hub> hub_;
    executor& shard_;
    std::size_t index_;
};

}  // namespace fanwire
