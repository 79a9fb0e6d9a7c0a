#include "base/room_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {
namespace {

TEST(room_name, is_a_list_of_segments) {
    EXPECT_TRUE(is_room_name("1", 256));
    EXPECT_TRUE(is_room_name("chat:room:1", 256));
    EXPECT_TRUE(is_room_name("a b", 256));
    EXPECT_TRUE(is_room_name("stra\xc3\x9f:\xf0\x9f\x91\x8b", 256));
    EXPECT_TRUE(is_room_name(std::string_view("a\0b\n", 4), 256));
}

TEST(room_name, may_hold_stars) {
    EXPECT_TRUE(is_room_name("*", 256));
    EXPECT_TRUE(is_room_name("a:**:b", 256));
}

TEST(room_name, has_no_empty_segment) {
    EXPECT_FALSE(is_room_name("", 256));
    EXPECT_FALSE(is_room_name(":", 256));
    EXPECT_FALSE(is_room_name(":a", 256));
    EXPECT_FALSE(is_room_name("a:", 256));
    EXPECT_FALSE(is_room_name("a::b", 256));
}

TEST(room_name, is_at_most_as_long_as_the_limit) {
    EXPECT_TRUE(is_room_name(std::string(256, 'a'), 256));
    EXPECT_FALSE(is_room_name(std::string(257, 'a'), 256));
    EXPECT_TRUE(is_room_name("a", 1));
    EXPECT_FALSE(is_room_name("\xc3\xbc", 1));
}

TEST(room_pattern, may_have_wildcards) {
    EXPECT_TRUE(is_room_pattern("chat:*:1", 256));
    EXPECT_TRUE(is_room_pattern("*:*", 256));
    EXPECT_TRUE(is_room_pattern("chat:**", 256));
    EXPECT_TRUE(is_room_pattern("**", 256));
    EXPECT_TRUE(is_room_pattern("*:**", 256));
    EXPECT_TRUE(is_room_pattern("chat:room:1", 256));
    EXPECT_TRUE(is_room_pattern("a*:**b:***:c", 256));
}

TEST(room_pattern, ends_with_its_rest) {
    EXPECT_FALSE(is_room_pattern("**:a", 256));
    EXPECT_FALSE(is_room_pattern("a:**:b", 256));
    EXPECT_FALSE(is_room_pattern("a:**:**", 256));
}

TEST(room_pattern, is_built_as_a_room_name) {
    EXPECT_FALSE(is_room_pattern("", 256));
    EXPECT_FALSE(is_room_pattern("a::*", 256));
    EXPECT_FALSE(is_room_pattern("a:*:", 256));
    EXPECT_TRUE(is_room_pattern(std::string(254, 'a') + ":*", 256));
    EXPECT_FALSE(is_room_pattern(std::string(255, 'a') + ":*", 256));
}

}  // namespace
}  // namespace fanwire
