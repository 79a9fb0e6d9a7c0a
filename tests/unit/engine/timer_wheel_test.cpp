#include "engine/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using ids = std::vector<std::uint64_t>;

constexpr duration tick = 50ms;
const time_point start = time_point{} + 1h;

ids due_at(timer_wheel& wheel, time_point now) {
    ids due;
    wheel.advance(now, due);
    std::ranges::sort(due);
    return due;
}

TEST(timer_wheel, has_nothing_due_at_first) {
    timer_wheel wheel(tick, start);

    EXPECT_EQ(due_at(wheel, start + 1h), ids{});
}

TEST(timer_wheel, tells_a_deadline_on_a_tick_at_that_tick) {
    timer_wheel wheel(tick, start);

    wheel.add(7, start + 100ms);

    EXPECT_EQ(due_at(wheel, start + 99ms), ids{});
    EXPECT_EQ(due_at(wheel, start + 100ms), ids{7});
    EXPECT_EQ(due_at(wheel, start + 10s), ids{});
}

TEST(timer_wheel, tells_a_deadline_between_ticks_at_the_next_one) {
    timer_wheel wheel(tick, start);

    wheel.add(7, start + 101ms);

    EXPECT_EQ(due_at(wheel, start + 149ms), ids{});
    EXPECT_EQ(due_at(wheel, start + 150ms), ids{7});
}

TEST(timer_wheel, tells_what_is_due_already_at_the_next_tick) {
    timer_wheel wheel(tick, start);
    static_cast<void>(due_at(wheel, start + 1s));

    wheel.add(1, start + 1s);
    wheel.add(2, start);
    wheel.add(3, start - 1h);

    EXPECT_EQ(due_at(wheel, start + 1s + 49ms), ids{});
    EXPECT_EQ(due_at(wheel, start + 1s + 50ms), (ids{1, 2, 3}));
}

TEST(timer_wheel, keeps_deadlines_beyond_one_round_until_their_time) {
    timer_wheel wheel(tick, start);
    wheel.add(1, start + 512 * tick);
    wheel.add(2, start + 511 * tick);
    wheel.add(3, start + 513 * tick);
    wheel.add(4, start + 1'025 * tick);

    EXPECT_EQ(due_at(wheel, start + tick), ids{});
    EXPECT_EQ(due_at(wheel, start + 511 * tick), ids{2});
    EXPECT_EQ(due_at(wheel, start + 512 * tick), ids{1});
    EXPECT_EQ(due_at(wheel, start + 513 * tick), ids{3});
    EXPECT_EQ(due_at(wheel, start + 1'024 * tick), ids{});
    EXPECT_EQ(due_at(wheel, start + 1'025 * tick), ids{4});
}

TEST(timer_wheel, tells_everything_at_once_after_a_long_pause) {
    timer_wheel wheel(tick, start);
    for (std::uint64_t id = 0; id < 2'000; ++id) wheel.add(id, start + id * tick);

    const ids due = due_at(wheel, start + 1'500 * tick);

    EXPECT_EQ(due.size(), 1'501U);
    EXPECT_EQ(due.back(), 1'500U);
    EXPECT_EQ(due_at(wheel, start + 1h).size(), 499U);
}

TEST(timer_wheel, does_not_go_back_when_the_clock_does) {
    timer_wheel wheel(tick, start);
    static_cast<void>(due_at(wheel, start + 1s));
    wheel.add(7, start + 1s + 50ms);

    EXPECT_EQ(due_at(wheel, start), ids{});
    EXPECT_EQ(due_at(wheel, start - 1h), ids{});

    EXPECT_EQ(due_at(wheel, start + 1s + 50ms), ids{7});
}

TEST(timer_wheel, tells_an_id_as_often_as_it_was_added) {
    timer_wheel wheel(tick, start);

    wheel.add(7, start + tick);
    wheel.add(7, start + tick);

    EXPECT_EQ(due_at(wheel, start + tick), (ids{7, 7}));
}

/// Adds deadlines and lets uneven amounts of time pass, long ones too.
class timer_wheel_property : public ::testing::TestWithParam<unsigned> {};

TEST_P(timer_wheel_property, is_never_early_and_at_most_one_tick_late) {
    std::mt19937 random(GetParam());
    timer_wheel wheel(tick, start);
    std::map<std::uint64_t, time_point> waiting;
    time_point now = start;
    std::uint64_t last = 0;

    for (int step = 0; step < 5'000; ++step) {
        const time_point deadline = now + std::chrono::milliseconds(random() % 60'000);
        wheel.add(++last, deadline);
        waiting.emplace(last, deadline);
        now += random() % 100 == 0 ? std::chrono::milliseconds(random() % 70'000)
                                   : std::chrono::milliseconds(random() % 120);
        for (const std::uint64_t id : due_at(wheel, now)) {
            ASSERT_LE(waiting.at(id), now) << "too early";
            waiting.erase(id);
        }
        for (const auto& [id, at] : waiting) ASSERT_GT(at + tick, now) << "too late";
    }
}

INSTANTIATE_TEST_SUITE_P(seeds, timer_wheel_property, ::testing::Range(1U, 6U));

}  // namespace
}  // namespace fanwire
