#pragma once

#include <fanwire/bus_state.hpp>
#include <fanwire/log.hpp>

#include "base/counter.hpp"
#include "base/executor.hpp"
#include "base/log_limiter.hpp"
#include "base/time_source.hpp"
#include "bus/bus.hpp"
#include "bus/interest.hpp"
#include "bus/outbox.hpp"
#include "bus/redis/link_probe.hpp"
#include "bus/redis/message_intake.hpp"
#include "bus/redis/redis_link.hpp"
#include "bus/redis/redis_publisher.hpp"
#include "bus/redis/redis_settings.hpp"
#include "bus/redis/redis_subscriber.hpp"
#include "bus/redis/replay_matcher.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fanwire {

/// What the bus counts. Written by the bus's thread, read by anyone.
struct bus_counters {
    /// 1 while messages go through Redis.
    counter is_online;
    /// 1 while a probe has come back lately.
    counter is_proved;
    counter messages_in;
    counter messages_out;
    counter reconnects;
    counter subscriptions;
    counter outbox_messages;
    counter outbox_dropped;
    counter uncertain;
    counter refused;
    /// Own copies of replayed messages that came back and were skipped.
    counter replays_matched;
    counter probe_round_trip_us;
};

/// The bus of an instance with Redis, for all its shards.
///
/// *Online*, a publish goes to Redis, and members hear it when it comes back: so a room has Redis' order
/// everywhere. *Offline*, from the loss of either link until both are back and all subscriptions are
/// confirmed, a publish is delivered locally at once and put into the outbox, which is replayed before
/// anything else goes out, but not before other instances had time to come back. Thread safety: all calls on
/// the bus's thread, but for `attach`, which is called before any thread runs, and `counted`.
class redis_hub final : private redis_subscriber_handler {
public:
    using log_line = std::function<void(log_level, std::string_view)>;
    /// Told of each change.
    using state_change = std::function<void(bus_state)>;

    redis_hub(const redis_settings& settings, executor& home, const time_source& times, log_line log,
              state_change on_state);

    /// Adds a shard; its index is how many came before.
    std::size_t attach(executor& shard, bus_listener& listener);
    void attach(redis_link& publishing, redis_link& subscribing);
    [[nodiscard]] redis_link_handler& publishing_handler() noexcept { return publishing_; }
    [[nodiscard]] redis_link_handler& subscribing_handler() noexcept { return subscribing_; }

    [[nodiscard]] executor& home() noexcept { return home_; }
    void publish(std::size_t shard, shared_message message, bus::publish_done done);
    void subscribe(std::size_t shard, const subscription& wanted, bus::subscribe_done done);
    void unsubscribe(std::size_t shard, const subscription& unwanted);

    /// Sends what the turn has gathered, to Redis and to the shards.
    void end_turn();
    /// Deadlines and probes. To be called several times a second.
    void tick();

    [[nodiscard]] const bus_counters& counted() const noexcept { return counters_; }
    [[nodiscard]] const message_intake::counters& skipped() const noexcept { return intake_.counted(); }

private:
    /// What a link tells, with which of the two it is.
    struct publishing_events final : redis_link_handler {
        explicit publishing_events(redis_hub& owner) : hub(owner) {}
        void on_link_ready() override;
        void on_link_reply(resp_view reply) override;
        void on_link_lost() override;
        redis_hub& hub;
    };
    struct subscribing_events final : redis_link_handler {
        explicit subscribing_events(redis_hub& owner) : hub(owner) {}
        void on_link_ready() override;
        void on_link_reply(resp_view reply) override;
        void on_link_lost() override;
        redis_hub& hub;
    };
    /// *Replaying*, which may begin with a wait for other instances, is offline for those who publish, and
    /// online for those who listen.
    enum class mode : std::uint8_t { offline, replaying, online };
    using note = std::variant<shared_message, task>;
    struct outlet {
        executor* shard;
        bus_listener* listener;
        /// What the turn has for the shard, in order.
        std::vector<note> notes;
    };

    void on_room_payload(std::string_view room, std::string_view payload) override;
    void on_own_payload(std::string_view payload) override;

    void deliver(const shared_message& message);
    void begin_replay();
    [[nodiscard]] bool awaits_others() const;
    void go_on_replaying();
    void on_replayed(std::error_code failed);
    void go_online();
    void go_offline();
    void on_refused(std::string_view why);
    void send_probe();
    void check_probe();
    void tell_restored();
    void count_dropped(std::size_t messages);
    void log_replay_in_doubt();
    void log_refusal(std::string_view what, std::string_view why);
    [[nodiscard]] std::string channel_of(const room_message& message) const;
    [[nodiscard]] std::string_view wire_of(const room_message& message);
    [[nodiscard]] redis_publisher::published answer_to(std::size_t shard, bus::publish_done done);

    const redis_settings& settings_;
    executor& home_;
    const time_source& clock_;
    log_line log_;
    state_change on_state_;
    publishing_events publishing_{*this};
    subscribing_events subscribing_{*this};
    redis_link* publishing_link_ = nullptr;
    redis_link* subscribing_link_ = nullptr;

    redis_publisher publisher_;
    redis_subscriber subscriber_;
    message_intake intake_;
    std::string envelope_;
    link_probe probe_;
    outbox outbox_;
    time_point offline_since_;
    time_point replay_from_{};
    log_limiter refusals_;
    log_limiter drops_;
    replay_matcher matcher_;
    interest interest_;
    std::vector<outlet> outlets_;
    mode mode_ = mode::offline;
    /// Replayed messages that Redis has not answered, and those whose answer was lost in this replay.
    std::size_t replay_unanswered_ = 0;
    std::size_t replay_uncertain_ = 0;
    /// Since when messages from Redis may have been missed, as milliseconds since 1970; 0 if none.
    std::int64_t missing_since_ = 0;
    std::uint64_t replays_ = 0;
    bus_counters counters_;
};

}  // namespace fanwire
