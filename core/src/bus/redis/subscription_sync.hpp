#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fanwire {

/// The two ways to subscribe at Redis.
enum class redis_subscription : std::uint8_t { channel, pattern };

/// Keeps the subscriptions of one link equal to those that are wanted. The wanted set is the truth: it is
/// replayed, in batches, on every new link, and differences are sent as they arise. What is no longer wanted
/// lingers for a while, since the last member of a room often comes back.
///
/// Flow: `want` and `unwant` at any time; `write_commands` at the end of each turn; `on_confirmed` for each
/// of Redis' answers. Thread safety: Distinct objects: safe. Shared objects: unsafe.
class subscription_sync {
public:
    explicit subscription_sync(duration linger) : linger_(linger) {}

    void want(redis_subscription kind, std::string_view name);
    void unwant(redis_subscription kind, std::string_view name, time_point now);

    /// A new link: nothing is subscribed there yet.
    void on_link_ready();
    void on_link_lost();

    /// Appends the commands that are due.
    void write_commands(std::string& out, time_point now);

    /// Redis has answered a subscription. Returns whether it is news: false for a name that nobody asked for.
    bool on_subscribed(redis_subscription kind, std::string_view name);
    void on_unsubscribed(redis_subscription kind, std::string_view name);
    /// Redis has refused the command that was next to be answered. What it subscribed is tried again name by
    /// name; returns the name if there was but one, which is then given up, or an empty text. Preconditions:
    /// `is_awaiting()`.
    [[nodiscard]] std::string on_refused();
    /// Whether Redis owes an answer.
    [[nodiscard]] bool is_awaiting() const noexcept { return !in_flight_.empty(); }

    [[nodiscard]] bool is_confirmed(redis_subscription kind, std::string_view name) const;
    /// Whether Redis sends copies for it: from its confirmation until the end of it is confirmed.
    [[nodiscard]] bool is_heard(redis_subscription kind, std::string_view name) const;
    /// Whether everything is confirmed that was wanted when the link came up. What came later is confirmed
    /// one by one.
    [[nodiscard]] bool is_replayed() const noexcept { return is_linked_ && replayed_left_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return entries_[0].size() + entries_[1].size(); }

private:
    enum class state : std::uint8_t { absent, subscribing, confirmed, unsubscribing, refused };
    struct entry {
        state at = state::absent;
        bool is_wanted = true;
        bool is_queued = false;
        bool is_replayed = false;
        /// A command with others was refused: now it is tried alone.
        bool is_alone = false;
        time_point unwanted_since{};
    };
    struct name_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };
    using entry_map = std::unordered_map<std::string, entry, name_hash, std::equal_to<>>;
    struct lingering {
        time_point until;
        redis_subscription kind;
        std::string name;
    };

    /// A command that Redis answers once a name, or once with an error.
    struct command {
        redis_subscription kind;
        bool is_subscribing;
        std::vector<std::string> names;
        std::size_t left;
    };

    [[nodiscard]] entry_map& entries_of(redis_subscription kind) {
        return entries_[static_cast<std::size_t>(kind)];
    }
    void end_replay_of(entry& done);
    void queue(redis_subscription kind, const std::string& name, entry& due);
    void queue_when_lingered(time_point now);
    void write_kind(std::string& out, redis_subscription kind, time_point now);
    void write_command_of(std::string& out, redis_subscription kind, bool is_subscribing,
                          std::vector<std::string> names);
    void write_batches(std::string& out, redis_subscription kind, bool is_subscribing,
                       const std::vector<std::string>& names);
    void count_answer();

    duration linger_;
    std::array<entry_map, 2> entries_;
    /// Names whose state may have to change; looked at once, at the end of the turn.
    std::array<std::vector<std::string>, 2> queued_;
    std::deque<lingering> lingering_;
    std::deque<command> in_flight_;
    bool is_linked_ = false;
    /// How many of those that were wanted when the link came up are still wanted and not confirmed.
    std::size_t replayed_left_ = 0;
};

}  // namespace fanwire
