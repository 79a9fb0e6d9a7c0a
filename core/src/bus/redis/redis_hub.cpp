#include "bus/redis/redis_hub.hpp"

#include "base/overloaded.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <string>
#include <utility>

namespace fanwire {

namespace {

constexpr std::string_view replayed_prefix = "replayed:";
// A line a second tells enough of what goes wrong a thousand times a second.
constexpr duration log_interval = std::chrono::seconds{1};
// What a link that breaks in the middle of a replay can leave in doubt.
constexpr std::size_t replay_window = 256;

shard_set bit_of(std::size_t shard) { return shard_set{1} << shard; }

}  // namespace

redis_hub::redis_hub(const redis_settings& settings, executor& home, const time_source& times, log_line log,
                     state_change on_state)
    : settings_(settings),
      home_(home),
      clock_(times),
      log_(std::move(log)),
      on_state_(std::move(on_state)),
      publisher_(settings.command_timeout),
      subscriber_(settings, *this),
      intake_(settings.max_message_bytes, times, log_),
      probe_(settings.probe_interval, settings.probe_timeout),
      outbox_(settings.outbox_limits),
      offline_since_(times.now().steady),
      refusals_(log_interval),
      drops_(log_interval) {}

std::size_t redis_hub::attach(executor& shard, bus_listener& listener) {
    outlets_.push_back({&shard, &listener, {}});
    // Until the links stand.
    outlets_.back().notes.emplace_back(task([&listener] { listener.on_lost(); }));
    return outlets_.size() - 1;
}

void redis_hub::attach(redis_link& publishing, redis_link& subscribing) {
    publishing_link_ = &publishing;
    subscribing_link_ = &subscribing;
    publisher_.attach(publishing);
    subscriber_.attach(subscribing);
}

// What shards want

void redis_hub::publish(std::size_t shard, shared_message message, bus::publish_done done) {
    const time_point now = clock_.now().steady;
    if (mode_ == mode::online) {
        counters_.messages_out.add();
        publisher_.publish(channel_of(*message), wire_of(*message), answer_to(shard, std::move(done)), now);
        return;
    }
    deliver(message);
    if (done)
        outlets_[shard].notes.emplace_back(task([done = std::move(done)] { done({}, {.local = true}); }));
    count_dropped(outbox_.push(std::move(message), now));
}

redis_publisher::published redis_hub::answer_to(std::size_t shard, bus::publish_done done) {
    if (!done) {
        return [this](std::error_code failed) {
            if (failed) (failed == errc::uncertain ? counters_.uncertain : counters_.refused).add();
        };
    }
    return [this, shard, done = std::move(done)](std::error_code failed) {
        if (failed) (failed == errc::uncertain ? counters_.uncertain : counters_.refused).add();
        outlets_[shard].notes.emplace_back(task([done, failed] { done(failed, {}); }));
    };
}

void redis_hub::subscribe(std::size_t shard, const subscription& wanted, bus::subscribe_done done) {
    interest_.add(shard, wanted);
    subscriber_.subscribe(wanted, [this, shard, done = std::move(done)](bool is_local) {
        if (done) outlets_[shard].notes.emplace_back(task([done, is_local] { done(is_local); }));
    });
}

void redis_hub::unsubscribe(std::size_t shard, const subscription& unwanted) {
    interest_.remove(shard, unwanted);
    const bool is_wanted = !unwanted.is_pattern && interest_.has_room(unwanted.name);
    if (!is_wanted) subscriber_.unsubscribe(unwanted, clock_.now().steady);
}

std::string redis_hub::channel_of(const room_message& message) const {
    return message.room.empty() ? settings_.broadcast_channel : settings_.room_prefix + message.room;
}

/// What travels: the payload, or its envelope, until the next call.
std::string_view redis_hub::wire_of(const room_message& message) {
    if (message.head == nullptr) return message.payload;
    envelope_.clear();
    write_envelope(*message.head, message.payload, envelope_);
    return envelope_;
}

// What comes from Redis

void redis_hub::on_room_payload(std::string_view room, std::string_view payload) {
    counters_.messages_in.add();
    if (matcher_.take(room, payload)) {
        counters_.replays_matched.add();
        return;
    }
    if (const shared_message message = intake_.take(room, payload)) deliver(message);
}

void redis_hub::on_own_payload(std::string_view payload) {
    if (payload == std::string(replayed_prefix) + std::to_string(replays_)) matcher_.clear();
    if (probe_.on_returned(payload, clock_.now().steady)) {
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(probe_.round_trip());
        counters_.probe_round_trip_us.set(static_cast<std::uint64_t>(took.count()));
        counters_.is_proved.set(1);
    }
}

void redis_hub::deliver(const shared_message& message) {
    const shard_set all = outlets_.size() == max_shards ? ~shard_set{0} : bit_of(outlets_.size()) - 1;
    for (shard_set left = message->room.empty() ? all : interest_.of(message->room); left != 0;
         left &= left - 1) {
        outlets_[static_cast<std::size_t>(std::countr_zero(left))].notes.emplace_back(message);
    }
}

// Links

void redis_hub::publishing_events::on_link_ready() { hub.publisher_.on_ready(); }

void redis_hub::publishing_events::on_link_reply(resp_view reply) {
    const std::string_view refusal = hub.publisher_.on_reply(reply);
    if (!refusal.empty()) hub.log_refusal("a publish", refusal);
}

void redis_hub::publishing_events::on_link_lost() {
    hub.counters_.reconnects.add();
    hub.go_offline();
    hub.publisher_.on_lost();
    hub.log_replay_in_doubt();
}

void redis_hub::subscribing_events::on_link_ready() { hub.subscriber_.on_ready(); }

void redis_hub::subscribing_events::on_link_reply(resp_view reply) {
    if (reply.is_error()) {
        hub.on_refused(reply.text());
    } else {
        hub.subscriber_.on_reply(reply);
    }
}

/// Redis may allow some rooms and not others: a refusal harms only who wants that room.
void redis_hub::on_refused(std::string_view why) {
    if (!subscriber_.is_awaiting()) return subscribing_link_->restart(why);
    const std::string name = subscriber_.on_refused();
    if (name.empty()) return;
    counters_.refused.add();
    log_refusal("the subscription of " + name, why);
}

void redis_hub::log_refusal(std::string_view what, std::string_view why) {
    const std::size_t times = refusals_.count(1, clock_.now().steady);
    if (times == 0) return;
    std::string line = "Redis refused " + std::string(what) + ": " + std::string(why);
    if (times > 1) line += " (one of " + std::to_string(times) + " refusals)";
    log_(log_level::warning, line);
}

void redis_hub::subscribing_events::on_link_lost() {
    hub.counters_.reconnects.add();
    if (hub.missing_since_ == 0) hub.missing_since_ = hub.clock_.now().unix_ms;
    hub.go_offline();
    // What is expected stays expected: a replayed publish that is still on its way may yet be heard.
    hub.subscriber_.on_lost();
    for (outlet& to : hub.outlets_) {
        to.notes.emplace_back(task([listener = to.listener] { listener->on_lost(); }));
    }
}

void redis_hub::go_offline() {
    if (mode_ != mode::offline) offline_since_ = clock_.now().steady;
    probe_.on_lost();
    counters_.is_proved.set(0);
    if (std::exchange(mode_, mode::offline) == mode::offline) return;
    counters_.is_online.set(0);
    on_state_(bus_state::disconnected);
}

void redis_hub::begin_replay() {
    mode_ = mode::replaying;
    replay_uncertain_ = 0;
    const time_point now = clock_.now().steady;
    replay_from_ = now + std::min(now - offline_since_, settings_.max_replay_delay);
    tell_restored();
    count_dropped(outbox_.expire(now));
    if (!outbox_.is_empty()) on_state_(bus_state::replaying);
}

/// Other instances may have lost Redis too, and would miss a replay that comes before they have subscribed
/// again. The longer the outage, the longer they may have backed off.
bool redis_hub::awaits_others() const { return !outbox_.is_empty() && clock_.now().steady < replay_from_; }

/// Publishes what waits, as far as the window allows; online once all of it is answered.
void redis_hub::go_on_replaying() {
    if (awaits_others()) return;
    const time_point now = clock_.now().steady;
    while (replay_unanswered_ < replay_window) {
        const shared_message waiting = outbox_.pop();
        if (waiting == nullptr) break;
        const std::string_view wire = wire_of(*waiting);
        matcher_.expect(waiting->room, wire);
        counters_.messages_out.add();
        ++replay_unanswered_;
        publisher_.publish(
            channel_of(*waiting), wire, [this](std::error_code failed) { on_replayed(failed); }, now);
    }
    counters_.outbox_messages.set(outbox_.size());
    if (replay_unanswered_ == 0 && outbox_.is_empty()) go_online();
}

void redis_hub::on_replayed(std::error_code failed) {
    --replay_unanswered_;
    if (!failed) return;
    if (failed == errc::uncertain) {
        counters_.uncertain.add();
        ++replay_uncertain_;
    } else {
        counters_.refused.add();
    }
}

void redis_hub::go_online() {
    mode_ = mode::online;
    counters_.is_online.set(1);
    if (!matcher_.is_empty()) {
        // When this comes back, all copies have, and those of a replay that broke.
        publisher_.publish(subscriber_.own_channel(),
                           std::string(replayed_prefix) + std::to_string(++replays_), {},
                           clock_.now().steady);
    }
    on_state_(bus_state::connected);
}

void redis_hub::tell_restored() {
    const std::int64_t since = std::exchange(missing_since_, 0);
    for (outlet& to : outlets_) {
        to.notes.emplace_back(task([listener = to.listener, since] { listener->on_restored(since); }));
    }
}

// Turns and time

void redis_hub::end_turn() {
    subscriber_.flush(clock_.now().steady);
    const bool has_links = publisher_.is_ready() && subscriber_.is_ready() && subscriber_.is_replayed();
    if (mode_ == mode::offline && has_links) begin_replay();
    if (mode_ == mode::replaying) {
        go_on_replaying();
        check_probe();
    }
    publisher_.flush();
    counters_.subscriptions.set(subscriber_.subscriptions());
    for (outlet& to : outlets_) {
        if (to.notes.empty()) continue;
        to.shard->post([listener = to.listener, notes = std::exchange(to.notes, {})]() mutable {
            for (note& one : notes) {
                std::visit(overloaded{
                               [&](const shared_message& message) { listener->on_message(message); },
                               [](task& work) { work(); },
                           },
                           one);
            }
        });
    }
}

void redis_hub::tick() {
    const time_point now = clock_.now().steady;
    count_dropped(outbox_.expire(now));
    if (publisher_.is_overdue(now)) publishing_link_->restart("Redis did not answer a publish in time");
    if (mode_ == mode::online) check_probe();
}

void redis_hub::check_probe() {
    // Not proved: what is published here does not reach others yet.
    if (mode_ == mode::replaying && awaits_others()) return;
    switch (probe_.check(clock_.now().steady)) {
        case link_probe::verdict::fine:
            return;
        case link_probe::verdict::due:
            return send_probe();
        case link_probe::verdict::subscriber_silent:
            return subscribing_link_->restart("a probe that Redis took did not come back in time");
        case link_probe::verdict::redis_silent:
            publishing_link_->restart("Redis did not answer a probe in time");
            return subscribing_link_->restart("Redis did not answer a probe in time");
    }
}

void redis_hub::send_probe() {
    const time_point now = clock_.now().steady;
    probe_.on_published(now);
    publisher_.publish(
        subscriber_.own_channel(), probe_.payload(),
        [this](std::error_code failed) {
            if (!failed) probe_.on_accepted();
        },
        now);
}

void redis_hub::log_replay_in_doubt() {
    if (const std::size_t doubtful = std::exchange(replay_uncertain_, 0); doubtful != 0) {
        log_(log_level::warning, "the connection broke in a replay: " + std::to_string(doubtful) +
                                     " messages may have reached other instances or not");
    }
}

void redis_hub::count_dropped(std::size_t messages) {
    counters_.outbox_messages.set(outbox_.size());
    counters_.outbox_dropped.add(messages);
    const std::size_t untold = drops_.count(messages, clock_.now().steady);
    if (untold == 0) return;
    log_(log_level::warning, "dropped " + std::to_string(untold) +
                                 " messages that waited for Redis: the outbox is full, or they are too old");
}

}  // namespace fanwire
