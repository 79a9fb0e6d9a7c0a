#pragma once

#include <chrono>
#include <cstdint>

namespace fanwire {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = clock::duration;

/// One moment, read once a turn from both clocks: the steady one for deadlines, the wall clock for
/// timestamps.
struct moment {
    time_point steady{};
    /// Milliseconds since 1970, as JavaScript's `Date.now()`.
    std::int64_t unix_ms = 0;
};

}  // namespace fanwire
