#include "engine/flush_hold.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace fanwire {
namespace {

using namespace std::chrono_literals;

const time_point start = time_point{} + 1h;

/// How long the next flush is held after one that took `cost`.
duration hold_after(unsigned percent, duration cost, std::size_t deepest) {
    flush_hold hold(percent);
    hold.on_flush(start, start + cost, deepest);
    return hold.not_before() - (start + cost);
}

TEST(flush_hold, does_not_hold_the_first_flush) { EXPECT_LE(flush_hold(30).not_before(), start); }

TEST(flush_hold, holds_a_share_of_what_the_last_flush_took) {
    EXPECT_EQ(hold_after(30, 1ms, 2), 300us);
    EXPECT_EQ(hold_after(100, 1ms, 2), 1ms);
    EXPECT_EQ(hold_after(30, 5ms, 31), 1'500us);
}

TEST(flush_hold, never_holds_after_single_messages) {
    EXPECT_EQ(hold_after(30, 1ms, 1), 0us);
    EXPECT_EQ(hold_after(30, 1ms, 0), 0us);
}

TEST(flush_hold, never_holds_for_less_than_a_timer_costs) {
    EXPECT_EQ(hold_after(50, 100us, 2), 50us);
    EXPECT_EQ(hold_after(50, 99us, 2), 0us);
}

TEST(flush_hold, never_holds_for_long) {
    EXPECT_EQ(hold_after(50, 4ms, 2), 2ms);
    EXPECT_EQ(hold_after(50, 5ms, 2), 2ms);
    EXPECT_EQ(hold_after(100, 10s, 2), 2ms);
}

TEST(flush_hold, is_turned_off_by_zero) { EXPECT_EQ(hold_after(0, 10ms, 100), 0us); }

TEST(flush_hold, ends_with_the_next_cheap_flush) {
    flush_hold hold(30);
    hold.on_flush(start, start + 5ms, 8);

    hold.on_flush(start + 10ms, start + 10ms + 20us, 8);

    EXPECT_EQ(hold.not_before(), start + 10ms + 20us);
}

}  // namespace
}  // namespace fanwire
