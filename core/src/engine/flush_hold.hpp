#pragma once

#include "base/time.hpp"

#include <cstddef>

namespace fanwire {

/// Decides how long to gather messages before the next flush. A flush that was expensive and carried several
/// messages a room shows a busy shard: then a short wait lets more messages share each system call, and
/// queues stay shorter. It never engages for single messages.
class flush_hold {
public:
    /// Holds `percent` of what the last flush took; 0 never holds.
    explicit flush_hold(unsigned percent) : percent_(percent) {}

    /// A flush ended. `deepest`: the most messages that one room had in it.
    void on_flush(time_point started, time_point ended, std::size_t deepest) noexcept;

    /// Before which moment the next flush should not start.
    [[nodiscard]] time_point not_before() const noexcept { return not_before_; }

private:
    unsigned percent_;
    time_point not_before_{};
};

}  // namespace fanwire
