#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fanwire {

/// Deadlines by the hundred thousand, in slots of one `tick` each. A deadline never comes early, and late by
/// one tick at most. There is no removal: whoever was added is asked once, and may be gone by then.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class timer_wheel {
public:
    timer_wheel(duration tick, time_point now);

    void add(std::uint64_t id, time_point deadline);

    /// Appends the ids whose deadline has come to `due`.
    void advance(time_point now, std::vector<std::uint64_t>& due);

private:
    struct entry {
        std::uint64_t id;
        std::uint64_t tick;
    };

    [[nodiscard]] std::uint64_t tick_after(time_point when) const;

    static constexpr std::size_t slot_count = 512;

    duration tick_;
    time_point start_;
    /// The last tick that was asked for.
    std::uint64_t current_ = 0;
    std::vector<std::vector<entry>> slots_;
};

}  // namespace fanwire
