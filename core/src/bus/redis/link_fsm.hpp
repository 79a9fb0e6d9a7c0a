#pragma once

#include "base/time.hpp"
#include "bus/redis/redis_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <system_error>

namespace fanwire {

/// What a link's shell is to do next.
enum class link_step : std::uint8_t {
    /// Wait for `timeout`, then resume.
    wait,
    /// Connect, TLS included, within `timeout`; resume with the result.
    connect,
    /// Write `link_fsm::greeting`, and read as many replies as it has commands, within `timeout`. Resume with
    /// the first error
    /// among them, or without.
    greet,
    /// The link is ready: read and write until it breaks; resume with the error.
    serve,
};

struct link_action {
    link_step step;
    duration timeout{};
};

/// The life of one link to Redis: connect, log in, serve, and begin again with exponential back-off and full
/// jitter, from 50 ms doubled up to 2 s.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class link_fsm {
public:
    /// `random` gives numbers from 0 to 1. `role` is part of the name that Redis shows for the link.
    link_fsm(const redis_settings& settings, std::string_view role, std::function<double()> random);

    /// `result` is how the last action ended; ignored at first. Never throws.
    [[nodiscard]] link_action resume(std::error_code result, time_point now);

    /// The commands that log in, with the password of this moment.
    [[nodiscard]] const std::string& greeting();
    /// How many commands the last greeting has.
    [[nodiscard]] std::size_t greeting_replies() const noexcept { return greeting_replies_; }

private:
    [[nodiscard]] link_action back_off();

    enum class state : std::uint8_t { new_link, waiting, connecting, greeting, serving };

    const redis_settings& settings_;
    const std::string role_;
    std::function<double()> random_;
    std::string greeting_;
    std::size_t greeting_replies_ = 0;
    state state_ = state::new_link;
    duration next_delay_;
    time_point served_since_{};
};

}  // namespace fanwire
