#include "bus/redis/replay_matcher.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

TEST(replay_matcher, takes_a_copy_as_often_as_it_was_replayed) {
    replay_matcher matcher;
    matcher.expect("a", "hi");
    matcher.expect("a", "hi");

    EXPECT_TRUE(matcher.take("a", "hi"));
    EXPECT_TRUE(matcher.take("a", "hi"));
    EXPECT_FALSE(matcher.take("a", "hi"));
    EXPECT_TRUE(matcher.is_empty());
}

TEST(replay_matcher, tells_rooms_and_payloads_apart) {
    replay_matcher matcher;
    matcher.expect("a", "bc");

    EXPECT_FALSE(matcher.take("ab", "c"));
    EXPECT_FALSE(matcher.take("", "abc"));
    EXPECT_FALSE(matcher.take("a", "b"));
    EXPECT_TRUE(matcher.take("a", "bc"));
}

TEST(replay_matcher, expects_nothing_once_cleared) {
    replay_matcher matcher;
    matcher.expect("a", "hi");

    matcher.clear();

    EXPECT_FALSE(matcher.take("a", "hi"));
}

}  // namespace
}  // namespace fanwire
