#include "bus/redis/subscription_sync.hpp"

#include "bus/redis/resp_writer.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace fanwire {

namespace {

// Enough to make 100,000 subscriptions a few hundred commands, and small enough not to hold Redis up.
constexpr std::size_t batch_size = 512;

}  // namespace

void subscription_sync::want(redis_subscription kind, std::string_view name) {
    entry_map& entries = entries_of(kind);
    auto found = entries.find(name);
    if (found == entries.end()) {
        found = entries.emplace(std::string(name), entry{}).first;
    }
    found->second.is_wanted = true;
    if (found->second.at == state::refused) found->second.at = state::absent;
    queue(kind, found->first, found->second);
}

void subscription_sync::unwant(redis_subscription kind, std::string_view name, time_point now) {
    entry_map& entries = entries_of(kind);
    const auto found = entries.find(name);
    if (found == entries.end() || !found->second.is_wanted) return;
    found->second.is_wanted = false;
    found->second.unwanted_since = now;
    end_replay_of(found->second);
    if (!is_linked_) {
        entries.erase(found);
        return;
    }
    lingering_.push_back({now + linger_, kind, std::string(name)});
}

void subscription_sync::on_link_ready() {
    is_linked_ = true;
    for (const auto kind : {redis_subscription::channel, redis_subscription::pattern}) {
        for (auto& [name, known] : entries_of(kind)) {
            known.is_replayed = true;
            ++replayed_left_;
            queue(kind, name, known);
        }
    }
}

void subscription_sync::on_link_lost() {
    is_linked_ = false;
    replayed_left_ = 0;
    in_flight_.clear();
    lingering_.clear();
    for (const auto kind : {redis_subscription::channel, redis_subscription::pattern}) {
        std::erase_if(entries_of(kind), [](const auto& known) { return !known.second.is_wanted; });
        for (auto& [name, known] : entries_of(kind)) known = entry{};
        queued_[static_cast<std::size_t>(kind)].clear();
    }
}

void subscription_sync::end_replay_of(entry& done) {
    if (std::exchange(done.is_replayed, false)) --replayed_left_;
}

void subscription_sync::queue(redis_subscription kind, const std::string& name, entry& due) {
    if (!is_linked_ || std::exchange(due.is_queued, true)) return;
    queued_[static_cast<std::size_t>(kind)].push_back(name);
}

void subscription_sync::queue_when_lingered(time_point now) {
    while (!lingering_.empty() && lingering_.front().until <= now) {
        const lingering done = std::move(lingering_.front());
        lingering_.pop_front();
        const auto found = entries_of(done.kind).find(done.name);
        if (found == entries_of(done.kind).end() || found->second.is_wanted) continue;
        // It may have been wanted and unwanted again meanwhile: then a later entry of the queue stands for
        // it.
        if (found->second.unwanted_since + linger_ <= now) queue(done.kind, found->first, found->second);
    }
}

void subscription_sync::write_commands(std::string& out, time_point now) {
    if (!is_linked_) return;
    queue_when_lingered(now);
    write_kind(out, redis_subscription::channel, now);
    write_kind(out, redis_subscription::pattern, now);
}

void subscription_sync::write_kind(std::string& out, redis_subscription kind, time_point now) {
    std::vector<std::string> coming;
    std::vector<std::string> going;
    for (std::string& name : std::exchange(queued_[static_cast<std::size_t>(kind)], {})) {
        const auto found = entries_of(kind).find(name);
        if (found == entries_of(kind).end()) continue;
        entry& known = found->second;
        known.is_queued = false;
        if (known.is_wanted && known.at == state::absent) {
            known.at = state::subscribing;
            if (known.is_alone) {
                write_command_of(out, kind, true, {std::move(name)});
            } else {
                coming.push_back(std::move(name));
            }
        } else if (!known.is_wanted && known.at == state::confirmed) {
            // Wanted and unwanted again in one turn: it lingers still.
            if (known.unwanted_since + linger_ > now) continue;
            known.at = state::unsubscribing;
            going.push_back(std::move(name));
        } else if (!known.is_wanted && (known.at == state::absent || known.at == state::refused)) {
            entries_of(kind).erase(found);
        }
    }
    write_batches(out, kind, true, coming);
    write_batches(out, kind, false, going);
}

void subscription_sync::write_batches(std::string& out, redis_subscription kind, bool is_subscribing,
                                      const std::vector<std::string>& names) {
    for (std::size_t from = 0; from < names.size(); from += batch_size) {
        const auto first = names.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = static_cast<std::ptrdiff_t>(std::min(batch_size, names.size() - from));
        write_command_of(out, kind, is_subscribing, {first, first + count});
    }
}

void subscription_sync::write_command_of(std::string& out, redis_subscription kind, bool is_subscribing,
                                         std::vector<std::string> names) {
    static constexpr std::string_view commands[2][2] = {{"UNSUBSCRIBE", "SUBSCRIBE"},
                                                        {"PUNSUBSCRIBE", "PSUBSCRIBE"}};
    std::vector<std::string_view> words{commands[static_cast<std::size_t>(kind)][is_subscribing ? 1 : 0]};
    words.insert(words.end(), names.begin(), names.end());
    write_command(out, words);
    const std::size_t count = names.size();
    in_flight_.push_back({kind, is_subscribing, std::move(names), count});
}

void subscription_sync::count_answer() {
    if (!in_flight_.empty() && --in_flight_.front().left == 0) in_flight_.pop_front();
}

std::string subscription_sync::on_refused() {
    command refused = std::move(in_flight_.front());
    in_flight_.pop_front();
    if (!refused.is_subscribing) return {};
    const bool is_single = refused.names.size() == 1;
    for (const std::string& name : refused.names) {
        const auto found = entries_of(refused.kind).find(name);
        if (found == entries_of(refused.kind).end()) continue;
        entry& known = found->second;
        known.at = is_single ? state::refused : state::absent;
        known.is_alone = true;
        if (is_single) end_replay_of(known);
        if (!is_single || !known.is_wanted) queue(refused.kind, found->first, known);
    }
    return is_single ? std::move(refused.names.front()) : std::string{};
}

bool subscription_sync::on_subscribed(redis_subscription kind, std::string_view name) {
    count_answer();
    const auto found = entries_of(kind).find(name);
    if (found == entries_of(kind).end() || found->second.at != state::subscribing) return false;
    found->second.at = state::confirmed;
    end_replay_of(found->second);
    // Its lingering may be over already.
    if (!found->second.is_wanted)
        lingering_.push_back({found->second.unwanted_since + linger_, kind, found->first});
    return true;
}

void subscription_sync::on_unsubscribed(redis_subscription kind, std::string_view name) {
    count_answer();
    const auto found = entries_of(kind).find(name);
    if (found == entries_of(kind).end() || found->second.at != state::unsubscribing) return;
    found->second.at = state::absent;
    if (found->second.is_wanted) {
        queue(kind, found->first, found->second);
    } else {
        entries_of(kind).erase(found);
    }
}

bool subscription_sync::is_confirmed(redis_subscription kind, std::string_view name) const {
    const entry_map& entries = entries_[static_cast<std::size_t>(kind)];
    const auto found = entries.find(name);
    return found != entries.end() && found->second.at == state::confirmed;
}

bool subscription_sync::is_heard(redis_subscription kind, std::string_view name) const {
    const entry_map& entries = entries_[static_cast<std::size_t>(kind)];
    const auto found = entries.find(name);
    return found != entries.end() &&
           (found->second.at == state::confirmed || found->second.at == state::unsubscribing);
}

}  // namespace fanwire
