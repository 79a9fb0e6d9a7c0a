#pragma once

#include "base/time.hpp"
#include "bus/bus.hpp"
#include "bus/redis/covering_patterns.hpp"
#include "bus/redis/redis_link.hpp"
#include "bus/redis/redis_settings.hpp"
#include "bus/redis/subscription_sync.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fanwire {

/// What comes in by the subscribing link.
class redis_subscriber_handler {
public:
    /// A message of a room (empty: for everybody), once a publish.
    virtual void on_room_payload(std::string_view room, std::string_view payload) = 0;
    /// A message on this instance's own channel.
    virtual void on_own_payload(std::string_view payload) = 0;

protected:
    ~redis_subscriber_handler() = default;
};

/// The subscribing link: keeps the subscriptions that the shards want, and takes each publish once.
///
/// Redis sends one copy of a publish for each subscription that matches. A room with a confirmed subscription
/// of its own is taken from that copy; another room from the newest cover that takes it in. Covers overlap
/// only while one replaces another. Thread safety: all calls on the bus's thread.
class redis_subscriber {
public:
    using confirmed = std::function<void(bool is_local)>;

    redis_subscriber(const redis_settings& settings, redis_subscriber_handler& handler);
    void attach(redis_link& link) { link_ = &link; }

    /// Wants a room or pattern. `done` is told when its subscription is confirmed, or at once, as local,
    /// while there is no link.
    void subscribe(const subscription& wanted, confirmed done);
    void unsubscribe(const subscription& unwanted, time_point now);

    void on_ready();
    void on_lost();
    void on_reply(resp_view reply);
    /// Redis has refused a subscription. Returns whose, where that is known; who waits for it is told that it
    /// is local.
    [[nodiscard]] std::string on_refused();
    /// Whether a refusal can be of a subscription.
    [[nodiscard]] bool is_awaiting() const noexcept { return sync_.is_awaiting(); }

    /// Sends what this turn has changed.
    void flush(time_point now);

    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    /// Whether everything is confirmed that was wanted when the link came up.
    [[nodiscard]] bool is_replayed() const noexcept { return sync_.is_replayed(); }
    [[nodiscard]] std::size_t subscriptions() const noexcept { return sync_.size(); }
    [[nodiscard]] const std::string& own_channel() const noexcept { return own_channel_; }

private:
    struct cover {
        std::string glob;
        std::string prefix;
    };
    struct waiting_pattern {
        std::string prefix;
        confirmed done;
    };

    void update_covers(time_point now);
    void place_waiting_patterns();
    void confirm(redis_subscription kind, std::string_view name);
    void tell_waiting(const std::string& name, bool is_local);
    void on_message(std::string_view channel, std::string_view payload);
    void on_pattern_message(std::string_view glob, std::string_view channel, std::string_view payload);
    [[nodiscard]] std::string channel_of(std::string_view room) const;
    [[nodiscard]] std::string glob_of(std::string_view prefix) const;

    const redis_settings& settings_;
    redis_subscriber_handler& handler_;
    redis_link* link_ = nullptr;
    bool is_ready_ = false;
    const std::string own_channel_;
    subscription_sync sync_;
    covering_patterns patterns_;
    bool covers_changed_ = false;
    /// The covers that are wanted, in order, and those that are confirmed, the newest last.
    std::vector<cover> covers_;
    std::vector<cover> confirmed_covers_;
    /// By Redis' name of the subscription, and for patterns whose cover is not known yet.
    std::unordered_map<std::string, std::vector<confirmed>> waiting_;
    std::vector<waiting_pattern> waiting_patterns_;
    std::string commands_;
};

}  // namespace fanwire
