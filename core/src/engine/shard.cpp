#include "engine/shard.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

constexpr duration wheel_tick = std::chrono::milliseconds{50};
// Ticks that lie further apart show that the thread, or the machine, stood still and read nothing.
constexpr duration longest_pause = std::chrono::seconds{1};

}  // namespace

shard::shard(const engine_settings& settings, const time_source& times, host asked,
             hook_gate::settings gate_limits, reply_factory& replies, sender& out)
    : settings_(settings),
      clients_(settings.shard),
      gate_(std::move(asked), replies, gate_limits),
      batches_(rooms_, clients_, out, counters_),
      router_(settings_, times, clients_, rooms_, batches_, gate_, counters_),
      hold_(settings.flush_hold_percent),
      wheel_(wheel_tick, times.now().steady),
      ticked_at_(times.now().steady),
      reading_since_(ticked_at_) {}

void shard::attach(bus& to) {
    bus_ = &to;
    router_.attach(to);
}

std::optional<time_point> shard::end_turn() {
    router_.flush_replies();
    gate_.submit();
    if (batches_.is_empty()) return {};
    return hold_.not_before();
}

connection_handler& shard::open(client_id id, connection& link, std::unique_ptr<codec> speaks,
                                std::optional<std::string> user) {
    const time_point now = router_.now();
    client& arriving = clients_.put(
        id.local, std::make_unique<client>(router_, link, std::move(speaks), id, std::move(user), now));
    router_.welcome(arriving);
    if (drain_) {
        // Its handshake was under way when the drain began.
        drain_->left.push_back(id.local);
        ++drain_->total;
    }
    if (settings_.heartbeat_interval != duration{0}) wheel_.add(id.local, now + settings_.heartbeat_interval);
    return arriving;
}

void shard::on_message(const shared_message& message) {
    if (batches_.add(*message)) router_.flush();
}

void shard::publish(const shared_message& message, bus::publish_done done) {
    bus_->publish(message, std::move(done));
}

send_result shard::send(client_id to, std::string_view data) {
    client* found = to.instance == settings_.instance ? clients_.find(to.local) : nullptr;
    if (found == nullptr || found->is_closing()) return send_result::client_gone;
    router_.tell(*found, event::direct{data});
    return send_result::delivered;
}

void shard::tick() {
    const time_point now = router_.now();
    if (now - ticked_at_ > longest_pause) reading_since_ = now;
    ticked_at_ = now;
    gate_.expire(now);
    check_heartbeats();
    if (drain_) close_drained(*drain_);
}

void shard::check_heartbeats() {
    due_.clear();
    wheel_.advance(router_.now(), due_);
    for (const std::uint64_t local_id : due_) {
        client* asked = clients_.find(local_id);
        if (asked == nullptr) continue;
        const auto next = asked->check_heartbeat(router_.now(), reading_since_, settings_.heartbeat_interval,
                                                 settings_.heartbeat_timeout);
        if (next) wheel_.add(local_id, *next);
    }
}

void shard::drain(duration spread) {
    drain_ = drain_state{router_.now(), spread, clients_.size(), clients_.all()};
    const auto retry_after = std::chrono::duration_cast<std::chrono::milliseconds>(spread);
    for (const std::uint64_t local_id : drain_->left) {
        if (spread != duration{0}) router_.tell(*clients_.find(local_id), event::moving{retry_after});
    }
    close_drained(*drain_);
}

void shard::close_drained(drain_state& drained) {
    const auto passed = router_.now() - drained.started;
    // Hooks are served as long as clients are.
    if (passed >= drained.spread) gate_.deny_all();
    const auto share = [&] {
        return static_cast<double>(passed.count()) / static_cast<double>(drained.spread.count());
    };
    const std::size_t wanted = passed >= drained.spread
                                   ? drained.total
                                   : static_cast<std::size_t>(static_cast<double>(drained.total) * share());
    const close_code code =
        drained.spread == duration{0} ? close_code::going_away : close_code::service_restart;
    while (drained.total - drained.left.size() < wanted) {
        client* leaving = clients_.find(drained.left.back());
        drained.left.pop_back();
        if (leaving != nullptr) router_.disconnect(*leaving, code, "the server is stopping");
    }
}

void shard::tell_cut() {
    for (const std::uint64_t local_id : clients_.all()) router_.tell_cut(*clients_.find(local_id));
    gate_.submit();
}

void shard::abort_all() {
    for (const std::uint64_t local_id : clients_.all()) {
        client& left = *clients_.find(local_id);
        if (!left.has_departed()) left.link().abort();
    }
}

}  // namespace fanwire
