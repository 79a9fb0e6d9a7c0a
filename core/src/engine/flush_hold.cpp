#include "engine/flush_hold.hpp"

#include <algorithm>

namespace fanwire {

namespace {

constexpr duration longest_hold = std::chrono::milliseconds{2};
// Below this a timer costs more than the hold saves.
constexpr duration shortest_hold = std::chrono::microseconds{50};

}  // namespace

void flush_hold::on_flush(time_point started, time_point ended, std::size_t deepest) noexcept {
    const duration hold = std::min((ended - started) * percent_ / 100, longest_hold);
    not_before_ = deepest >= 2 && hold >= shortest_hold ? ended + hold : ended;
}

}  // namespace fanwire
