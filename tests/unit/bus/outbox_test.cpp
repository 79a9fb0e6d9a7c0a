#include "bus/outbox.hpp"

#include "support/recording_listener.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::message_to;

TEST(outbox, holds_as_many_as_may_be_and_then_drops_the_oldest) {
    outbox box({2, 100, 1s});
    EXPECT_EQ(box.push(message_to("r", "1"), {}), 0U);
    EXPECT_EQ(box.push(message_to("r", "2"), {}), 0U);
    EXPECT_EQ(box.push(message_to("r", "3"), {}), 1U);
    EXPECT_EQ(box.pop()->payload, "2");
    EXPECT_EQ(box.pop()->payload, "3");
    EXPECT_EQ(box.pop(), nullptr);
    EXPECT_EQ(box.size_bytes(), 0U);
}

TEST(outbox, holds_as_many_bytes_as_may_be_and_no_more) {
    outbox box({9, 6, 1s});
    EXPECT_EQ(box.push(message_to("r", "12"), {}), 0U);
    EXPECT_EQ(box.push(message_to("r", "34"), {}), 0U);
    EXPECT_EQ(box.push(message_to("", "5"), {}), 1U);
    EXPECT_EQ(box.push(message_to("r", "123456"), {}), 3U);
    EXPECT_TRUE(box.is_empty());
}

TEST(outbox, keeps_what_is_as_old_as_may_be_and_drops_what_is_older) {
    outbox box({9, 99, 1s});
    ASSERT_EQ(box.push(message_to("r", "1"), time_point{}), 0U);
    EXPECT_EQ(box.expire(time_point{} + 1s), 0U);
    EXPECT_EQ(box.expire(time_point{} + 1s + 1ns), 1U);
}

}  // namespace
}  // namespace fanwire
