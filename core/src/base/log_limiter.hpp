#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace fanwire {

/// Bounds the rate of one kind of log line: what happens between two lines is counted, and told by the next.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class log_limiter {
public:
    /// At most one line in `interval`.
    explicit log_limiter(duration interval) : interval_(interval) {}

    /// Something happened `times`. Returns how often since the last line, if a line is due; else 0.
    [[nodiscard]] std::size_t count(std::size_t times, time_point now) noexcept {
        untold_ += times;
        if (untold_ == 0 || (last_ && now < *last_ + interval_)) return 0;
        last_ = now;
        return std::exchange(untold_, 0);
    }

private:
    duration interval_;
    std::optional<time_point> last_;
    std::size_t untold_ = 0;
};

}  // namespace fanwire
