#pragma once

#include <fanwire/error.hpp>

#include "base/time.hpp"
#include "bus/redis/redis_link.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>

namespace fanwire {

/// The publishing link: everything published in one turn is one write, and answers come back in order.
///
/// Thread safety: all calls on the bus's thread.
class redis_publisher {
public:
    /// Told how a publish ended: nothing, `unavailable` if Redis refused it, `uncertain` if the link broke
    /// before the answer.
    using published = std::function<void(std::error_code)>;

    explicit redis_publisher(duration command_timeout) : command_timeout_(command_timeout) {}
    void attach(redis_link& link) { link_ = &link; }

    /// Preconditions: `is_ready()`.
    void publish(std::string_view channel, std::string_view payload, published done, time_point now);

    void on_ready() noexcept { is_ready_ = true; }
    void on_lost();
    /// Returns the refusal's text if Redis refused what it was sent; empty if all is well.
    [[nodiscard]] std::string_view on_reply(resp_view reply);

    /// Sends what this turn has published.
    void flush();
    /// Whether Redis has owed an answer for too long.
    [[nodiscard]] bool is_overdue(time_point now) const noexcept;

    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    /// How many publishes are unanswered.
    [[nodiscard]] std::size_t unanswered() const noexcept { return pending_.size(); }

private:
    struct pending {
        published done;
        time_point since;
    };

    duration command_timeout_;
    redis_link* link_ = nullptr;
    bool is_ready_ = false;
    std::string commands_;
    std::deque<pending> pending_;
};

}  // namespace fanwire
