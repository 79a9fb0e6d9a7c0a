#include "bus/interest.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

subscription room_named(const char* name) { return {name, false}; }
subscription pattern_named(const char* name) { return {name, true}; }

TEST(interest, is_nobodys_at_first) { EXPECT_EQ(interest{}.of("a"), 0U); }

TEST(interest, is_that_of_the_shards_that_want_the_room) {
    interest wanted;

    wanted.add(0, room_named("a"));
    wanted.add(3, room_named("a"));
    wanted.add(1, room_named("b"));

    EXPECT_EQ(wanted.of("a"), 0b1001U);
    EXPECT_EQ(wanted.of("b"), 0b0010U);
    EXPECT_EQ(wanted.of("c"), 0U);
}

TEST(interest, ends_when_the_shard_wants_the_room_no_more) {
    interest wanted;
    wanted.add(0, room_named("a"));
    wanted.add(1, room_named("a"));

    wanted.remove(0, room_named("a"));
    EXPECT_EQ(wanted.of("a"), 0b10U);
    wanted.remove(1, room_named("a"));

    EXPECT_EQ(wanted.of("a"), 0U);
}

TEST(interest, gives_a_shard_with_a_pattern_every_room) {
    interest wanted;

    wanted.add(2, pattern_named("a:*"));
    wanted.add(0, room_named("b"));

    EXPECT_EQ(wanted.of("a:1"), 0b100U);
    EXPECT_EQ(wanted.of("b"), 0b101U);
}

TEST(interest, counts_a_shards_patterns) {
    interest wanted;
    wanted.add(2, pattern_named("a:*"));
    wanted.add(2, pattern_named("b:*"));

    wanted.remove(2, pattern_named("a:*"));
    EXPECT_EQ(wanted.of("b:1"), 0b100U);
    wanted.remove(2, pattern_named("b:*"));

    EXPECT_EQ(wanted.of("b:1"), 0U);
}

TEST(interest, keeps_rooms_and_patterns_of_one_name_apart) {
    interest wanted;
    wanted.add(0, room_named("a:*"));
    wanted.add(1, pattern_named("a:*"));

    wanted.remove(1, pattern_named("a:*"));

    EXPECT_EQ(wanted.of("a:*"), 0b1U);
    EXPECT_EQ(wanted.of("a:b"), 0U);
}

TEST(interest, ignores_the_end_of_what_was_not_wanted) {
    interest wanted;
    wanted.add(0, room_named("a"));

    wanted.remove(1, room_named("a"));
    wanted.remove(0, room_named("b"));
    wanted.remove(0, pattern_named("a"));

    EXPECT_EQ(wanted.of("a"), 0b1U);
}

TEST(interest, knows_the_last_shard_of_all) {
    interest wanted;

    wanted.add(max_shards - 1, room_named("a"));

    EXPECT_EQ(wanted.of("a"), shard_set{1} << 63);
}

}  // namespace
}  // namespace fanwire
