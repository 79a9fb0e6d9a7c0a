#pragma once

#include <fanwire/options.hpp>
#include <fanwire/stats.hpp>

#include "bus/redis/redis_hub.hpp"
#include "engine/settings.hpp"
#include "net/trusted_networks.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire {

/// What all shards of a running server share.
///
/// Thread safety: May be used from any thread; the options never change.
struct instance_state {
    instance_state(options set, std::uint64_t chosen_number)
        : given(std::move(set)),
          proxies(given.trusted_proxies),
          number(chosen_number) {}

    /// Writes a line to the host's log, one at a time.
    void log(log_level level, std::string_view line) {
        if (!given.log) return;
        const std::lock_guard lock(log_mutex);
        given.log(level, line);
    }

    /// Clients of all shards, with those that shake hands.
    [[nodiscard]] std::size_t connections() const noexcept {
        std::size_t sum = arriving.load(std::memory_order_relaxed);
        for (const engine_counters* shard : shards) sum += shard->connections.value();
        return sum;
    }

    const options given;
    /// Whose word about their clients is believed.
    const trusted_networks proxies;
    /// The number that the ids of this instance's clients carry.
    const std::uint64_t number;
    /// Whether messages come through: a probe came back lately, or there is no Redis.
    [[nodiscard]] bool has_bus() const noexcept { return bus == nullptr || bus->is_proved.value() != 0; }

    /// What the bus counts; null without Redis.
    const bus_counters* bus = nullptr;
    /// What each shard counts. Filled before any of them runs.
    std::vector<const engine_counters*> shards;
    /// Sums up what is counted, for who reads the metrics. Set before any shard runs.
    std::function<fanwire::stats()> count;
    /// Clients that shake hands.
    std::atomic<std::size_t> arriving{0};
    std::atomic<bool> is_draining{false};
    std::mutex log_mutex;
};

}  // namespace fanwire
