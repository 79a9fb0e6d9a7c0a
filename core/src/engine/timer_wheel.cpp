#include "engine/timer_wheel.hpp"

#include <algorithm>

namespace fanwire {

timer_wheel::timer_wheel(duration tick, time_point now) : tick_(tick), start_(now), slots_(slot_count) {}

std::uint64_t timer_wheel::tick_after(time_point when) const {
    if (when <= start_) return 0;
    return static_cast<std::uint64_t>((when - start_ + tick_ - duration{1}) / tick_);
}

void timer_wheel::add(std::uint64_t id, time_point deadline) {
    // What is due already waits for the next tick, so that adding while being asked cannot go on for ever.
    const std::uint64_t tick = std::max(tick_after(deadline), current_ + 1);
    slots_[tick % slot_count].push_back({id, tick});
}

void timer_wheel::advance(time_point now, std::vector<std::uint64_t>& due) {
    const auto target = now <= start_ ? 0 : static_cast<std::uint64_t>((now - start_) / tick_);
    if (target <= current_) return;
    const std::uint64_t turns = std::min<std::uint64_t>(target - current_, slot_count);
    for (std::uint64_t step = 1; step <= turns; ++step) {
        std::vector<entry>& slot = slots_[(current_ + step) % slot_count];
        std::erase_if(slot, [&](const entry& waiting) {
            if (waiting.tick > target) return false;
            due.push_back(waiting.id);
            return true;
        });
    }
    current_ = target;
}

}  // namespace fanwire
