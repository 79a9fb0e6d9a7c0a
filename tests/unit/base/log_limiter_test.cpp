#include "base/log_limiter.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{};

TEST(log_limiter, lets_the_first_line_through) {
    log_limiter limiter(1s);

    EXPECT_EQ(limiter.count(0, start), 0U);
    EXPECT_EQ(limiter.count(3, start), 3U);
}

TEST(log_limiter, counts_what_comes_before_the_next_line_is_due) {
    log_limiter limiter(1s);
    EXPECT_EQ(limiter.count(1, start), 1U);

    EXPECT_EQ(limiter.count(1, start + 1ms), 0U);
    EXPECT_EQ(limiter.count(2, start + 999ms), 0U);
    EXPECT_EQ(limiter.count(1, start + 1s), 4U);
    EXPECT_EQ(limiter.count(0, start + 2s), 0U);
}

TEST(log_limiter, tells_the_rest_when_nothing_more_happens) {
    log_limiter limiter(1s);
    EXPECT_EQ(limiter.count(1, start), 1U);
    EXPECT_EQ(limiter.count(5, start), 0U);

    EXPECT_EQ(limiter.count(0, start + 1s), 5U);
}

}  // namespace
}  // namespace fanwire
