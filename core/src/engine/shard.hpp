#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/message.hpp>

#include "base/time_source.hpp"
#include "bus/bus.hpp"
#include "engine/client_table.hpp"
#include "engine/flush_hold.hpp"
#include "engine/hook_gate.hpp"
#include "engine/room_batches.hpp"
#include "engine/router.hpp"
#include "engine/settings.hpp"
#include "engine/timer_wheel.hpp"
#include "room/registry.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

/// One thread's slice of the clients and their rooms.
///
/// Flow of a turn: whatever the clients, the bus and the host want, then `end_turn` and, when it says so,
/// `flush`. Thread safety: all calls on the shard's thread, but for the counters.
class shard final : public bus_listener {
public:
    shard(const engine_settings& settings, const time_source& times, host asked,
          hook_gate::settings gate_limits, reply_factory& replies, sender& out);

    /// Must be called before anything else.
    void attach(bus& to);

    /// Sends the turn's replies and requests to hooks. Returns when the rooms' batches should be flushed: now
    /// or in a moment; none if there is nothing.
    [[nodiscard]] std::optional<time_point> end_turn();
    /// Flushes the rooms' batches. `ended` is asked for the time when that is done.
    template <class Clock>
    void flush(time_point started, Clock&& ended) {
        const std::size_t deepest = batches_.deepest();
        router_.flush();
        hold_.on_flush(started, ended(), deepest);
    }

    /// Sets an id aside for a client that shakes hands.
    [[nodiscard]] client_id reserve_id() { return {settings_.instance, clients_.reserve()}; }
    /// Gives back an id that no client came for.
    void release_id(client_id id) { clients_.release(id.local); }
    /// A client has come. Returns what its connection reports to.
    connection_handler& open(client_id id, connection& link, std::unique_ptr<codec> speaks,
                             std::optional<std::string> user);

    // bus_listener
    void on_message(const shared_message& message) override;
    void on_lost() override { router_.on_bus_lost(); }
    void on_restored(std::int64_t missing_since) override { router_.on_bus_restored(missing_since); }

    /// Publishes what a host gives.
    void publish(const shared_message& message, bus::publish_done done);
    /// Sends a `direct` message; `data` is JSON text.
    [[nodiscard]] send_result send(client_id to, std::string_view data);

    /// Heartbeats, hooks that are late, closes of a drain. To be called several times a second.
    void tick();
    /// When the drain starts, the clients are told to come back later; then they are closed, spread over
    /// `spread`.
    void drain(duration spread);
    [[nodiscard]] bool has_clients() const noexcept { return clients_.size() != 0; }
    /// Cuts all connections that are left.
    void abort_all();
    /// Tells the host of the clients that are left. To be called when the thread has ended.
    void tell_cut();

    [[nodiscard]] hook_gate& gate() noexcept { return gate_; }
    [[nodiscard]] const engine_counters& counted() const noexcept { return counters_; }

private:
    struct drain_state {
        time_point started;
        duration spread;
        std::size_t total;
        /// Those that are still to be closed, the next one last.
        std::vector<std::uint64_t> left;
    };

    void check_heartbeats();
    void close_drained(drain_state& drained);

    engine_settings settings_;
    engine_counters counters_;
    client_table clients_;
    registry rooms_;
    hook_gate gate_;
    room_batches batches_;
    router router_;
    flush_hold hold_;
    timer_wheel wheel_;
    std::vector<std::uint64_t> due_;
    time_point ticked_at_;
    /// Since when the thread has not stood still.
    time_point reading_since_;
    std::optional<drain_state> drain_;
    bus* bus_ = nullptr;
};

}  // namespace fanwire
