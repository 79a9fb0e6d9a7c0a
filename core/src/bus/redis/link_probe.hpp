#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanwire {

/// Finds out whether messages come through: a probe is published to the instance's own channel, and must come
/// back on the other link in time. Health is this, and not that TCP is up.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class link_probe {
public:
    enum class verdict : std::uint8_t {
        /// Nothing to do.
        fine,
        /// A probe is due: publish `payload()`, then tell `on_published`.
        due,
        /// The last probe did not come back, though Redis took it: the subscribing link is dead.
        subscriber_silent,
        /// Redis did not answer at all: both links are suspect.
        redis_silent,
    };

    link_probe(duration interval, duration timeout) : interval_(interval), timeout_(timeout) {}

    /// To be asked several times a second while both links are ready.
    [[nodiscard]] verdict check(time_point now) const noexcept;
    /// What the present probe, or the next, carries.
    [[nodiscard]] std::string payload() const { return std::string(prefix) + std::to_string(number_); }

    void on_published(time_point now) noexcept;
    /// Redis took the probe.
    void on_accepted() noexcept { is_accepted_ = true; }
    /// Something came back on the instance's own channel. Returns whether it was the present probe.
    bool on_returned(std::string_view payload, time_point now);
    /// A link was lost: what is under way does not count. The next probe is due as soon as both are ready.
    void on_lost() noexcept;

    /// Whether a probe has come back since the links were lost, and none is overdue.
    [[nodiscard]] bool is_proved() const noexcept { return is_proved_; }
    /// How long the last probe took.
    [[nodiscard]] duration round_trip() const noexcept { return round_trip_; }

private:
    static constexpr std::string_view prefix = "probe:";

    duration interval_;
    duration timeout_;
    std::uint64_t number_ = 0;
    std::optional<time_point> published_at_;
    std::optional<time_point> returned_at_;
    bool is_accepted_ = false;
    bool is_proved_ = false;
    duration round_trip_{};
};

}  // namespace fanwire
