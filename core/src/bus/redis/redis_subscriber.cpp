#include "bus/redis/redis_subscriber.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

// Redis tries each pattern at every publish.
constexpr std::size_t max_covers = 16;

bool has(const auto& covers, const std::string& glob) {
    return std::ranges::any_of(covers, [&](const auto& one) { return one.glob == glob; });
}

}  // namespace

redis_subscriber::redis_subscriber(const redis_settings& settings, redis_subscriber_handler& handler)
    : settings_(settings),
      handler_(handler),
      own_channel_(settings.key_prefix + "i:" + settings.instance),
      sync_(settings.unsubscribe_linger),
      patterns_(max_covers) {
    sync_.want(redis_subscription::channel, settings.broadcast_channel);
    sync_.want(redis_subscription::channel, own_channel_);
}

std::string redis_subscriber::channel_of(std::string_view room) const {
    return settings_.room_prefix + std::string(room);
}

std::string redis_subscriber::glob_of(std::string_view prefix) const {
    return covering_patterns::glob_of(settings_.room_prefix + std::string(prefix));
}

void redis_subscriber::subscribe(const subscription& wanted, confirmed done) {
    if (wanted.is_pattern) {
        patterns_.add(wanted.name);
        covers_changed_ = true;
        if (!is_ready_) return done(true);
        waiting_patterns_.push_back(
            {std::string(covering_patterns::literal_prefix(wanted.name)), std::move(done)});
        return;
    }
    const std::string channel = channel_of(wanted.name);
    sync_.want(redis_subscription::channel, channel);
    if (!is_ready_) {
        done(true);
    } else if (sync_.is_confirmed(redis_subscription::channel, channel)) {
        done(false);
    } else {
        waiting_[channel].push_back(std::move(done));
    }
}

void redis_subscriber::unsubscribe(const subscription& unwanted, time_point now) {
    if (unwanted.is_pattern) {
        patterns_.remove(unwanted.name);
        covers_changed_ = true;
    } else {
        sync_.unwant(redis_subscription::channel, channel_of(unwanted.name), now);
    }
}

void redis_subscriber::on_ready() {
    is_ready_ = true;
    // Covers that are due must be among what is replayed.
    if (covers_changed_) update_covers({});
    sync_.on_link_ready();
}

void redis_subscriber::on_lost() {
    is_ready_ = false;
    sync_.on_link_lost();
    confirmed_covers_.clear();
    for (auto& [name, callbacks] : std::exchange(waiting_, {})) {
        for (const confirmed& done : callbacks) done(true);
    }
    for (const waiting_pattern& one : std::exchange(waiting_patterns_, {})) one.done(true);
}

void redis_subscriber::flush(time_point now) {
    if (covers_changed_) update_covers(now);
    place_waiting_patterns();
    commands_.clear();
    sync_.write_commands(commands_, now);
    if (!commands_.empty()) link_->send(commands_);
}

/// Wants the covers of the present patterns. New ones are subscribed before old ones end, so that nothing
/// falls between.
void redis_subscriber::update_covers(time_point now) {
    covers_changed_ = false;
    std::vector<cover> wanted;
    for (std::string& prefix : patterns_.prefixes()) wanted.push_back({glob_of(prefix), std::move(prefix)});
    // Those that are wanted already too: one that Redis has refused is tried again.
    for (const cover& one : wanted) sync_.want(redis_subscription::pattern, one.glob);
    for (const cover& one : covers_) {
        if (!has(wanted, one.glob)) sync_.unwant(redis_subscription::pattern, one.glob, now);
    }
    covers_ = std::move(wanted);
}

/// Lets each pattern that was joined wait for the cover which takes it in.
void redis_subscriber::place_waiting_patterns() {
    for (waiting_pattern& one : std::exchange(waiting_patterns_, {})) {
        const auto found = std::ranges::find_if(
            covers_, [&](const cover& candidate) { return one.prefix.starts_with(candidate.prefix); });
        if (found == covers_.end()) {
            // Nobody wants the pattern any more.
            one.done(false);
        } else if (sync_.is_confirmed(redis_subscription::pattern, found->glob)) {
            one.done(false);
        } else {
            waiting_[found->glob].push_back(std::move(one.done));
        }
    }
}

void redis_subscriber::on_reply(resp_view reply) {
    if (reply.size() < 3) return;
    const std::string_view kind = reply[0].text();
    const std::string_view name = reply[1].text();
    if (kind == "message") {
        on_message(name, reply[2].text());
    } else if (kind == "pmessage" && reply.size() == 4) {
        on_pattern_message(name, reply[2].text(), reply[3].text());
    } else if (kind == "subscribe") {
        confirm(redis_subscription::channel, name);
    } else if (kind == "psubscribe") {
        confirm(redis_subscription::pattern, name);
    } else if (kind == "unsubscribe") {
        sync_.on_unsubscribed(redis_subscription::channel, name);
    } else if (kind == "punsubscribe") {
        sync_.on_unsubscribed(redis_subscription::pattern, name);
        std::erase_if(confirmed_covers_, [&](const cover& one) { return one.glob == name; });
    }
}

void redis_subscriber::confirm(redis_subscription kind, std::string_view name) {
    if (!sync_.on_subscribed(kind, name)) return;
    const std::string key(name);
    if (kind == redis_subscription::pattern) {
        confirmed_covers_.push_back(
            {key, covering_patterns::prefix_of(name).substr(settings_.room_prefix.size())});
    }
    tell_waiting(key, false);
}

void redis_subscriber::tell_waiting(const std::string& name, bool is_local) {
    const auto found = waiting_.find(name);
    if (found == waiting_.end()) return;
    const std::vector<confirmed> callbacks = std::move(found->second);
    waiting_.erase(found);
    for (const confirmed& done : callbacks) done(is_local);
}

std::string redis_subscriber::on_refused() {
    std::string name = sync_.on_refused();
    tell_waiting(name, true);
    return name;
}

void redis_subscriber::on_message(std::string_view channel, std::string_view payload) {
    if (channel == own_channel_) {
        handler_.on_own_payload(payload);
    } else if (channel == settings_.broadcast_channel) {
        handler_.on_room_payload({}, payload);
    } else if (channel.starts_with(settings_.room_prefix)) {
        handler_.on_room_payload(channel.substr(settings_.room_prefix.size()), payload);
    }
}

void redis_subscriber::on_pattern_message(std::string_view glob, std::string_view channel,
                                          std::string_view payload) {
    if (!channel.starts_with(settings_.room_prefix)) return;
    if (sync_.is_heard(redis_subscription::channel, channel)) return;
    const std::string_view room = channel.substr(settings_.room_prefix.size());
    const auto newest = std::find_if(confirmed_covers_.rbegin(), confirmed_covers_.rend(),
                                     [&](const cover& one) { return room.starts_with(one.prefix); });
    if (newest != confirmed_covers_.rend() && newest->glob == glob && !room.empty()) {
        handler_.on_room_payload(room, payload);
    }
}

}  // namespace fanwire
