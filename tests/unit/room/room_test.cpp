#include "room/room.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

TEST(room, has_nobody_at_first) {
    const room made("chat:1", false);

    EXPECT_EQ(made.name(), "chat:1");
    EXPECT_FALSE(made.is_pattern());
    EXPECT_EQ(made.size(), 0U);
    EXPECT_FALSE(made.has_members());
    EXPECT_TRUE(made.groups().empty());
}

TEST(room, may_be_a_pattern) { EXPECT_TRUE(room("chat:*", true).is_pattern()); }

}  // namespace
}  // namespace fanwire
