#include "room/registry.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using join_result = registry::join_result;
using leave_result = registry::leave_result;

constexpr bool exact = false;
constexpr bool pattern = true;

/// The members of a group, in their order.
std::vector<member_id> members_of(const room& in, std::uint8_t kind) {
    for (const member_group& group : in.groups()) {
        if (group.kind == kind) return group.members;
    }
    return {};
}

std::vector<std::string> rooms_of(const registry& rooms, member_id member) {
    std::vector<std::string> names;
    rooms.for_each_room(member, [&](const room& in, bool) { names.push_back(in.name()); });
    return names;
}

/// Takes a member out of everything; returns what was gone thereby.
std::vector<std::string> leave_all(registry& rooms, member_id member) {
    std::vector<std::string> gone;
    rooms.leave_all(member, [&](const room& emptied) { gone.push_back(emptied.name()); });
    return gone;
}

TEST(registry, is_empty_at_first) {
    const registry rooms;

    EXPECT_EQ(rooms.room_count(), 0U);
    EXPECT_EQ(rooms.member_count(), 0U);
    EXPECT_EQ(rooms.find("a", exact), nullptr);
    EXPECT_EQ(rooms.rooms_of(7), 0U);
    EXPECT_FALSE(rooms.has_patterns());
}

TEST(registry, tells_the_first_member_from_the_others) {
    registry rooms;

    EXPECT_EQ(rooms.join(1, 0, "a", exact), join_result::first);
    EXPECT_EQ(rooms.join(2, 0, "a", exact), join_result::joined);
    EXPECT_EQ(rooms.join(2, 0, "a", exact), join_result::already);

    EXPECT_EQ(rooms.room_count(), 1U);
    EXPECT_EQ(rooms.member_count(), 2U);
    EXPECT_EQ(rooms.find("a", exact)->size(), 2U);
}

TEST(registry, tells_the_last_member_from_the_others) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "a", exact));
    static_cast<void>(rooms.join(2, 0, "a", exact));

    EXPECT_EQ(rooms.leave(1, "a", exact), leave_result::left);
    EXPECT_EQ(rooms.leave(1, "a", exact), leave_result::not_member);
    EXPECT_EQ(rooms.leave(2, "a", exact), leave_result::last);
    EXPECT_EQ(rooms.leave(2, "a", exact), leave_result::not_member);

    EXPECT_EQ(rooms.room_count(), 0U);
    EXPECT_EQ(rooms.member_count(), 0U);
    EXPECT_EQ(rooms.find("a", exact), nullptr);
}

TEST(registry, begins_a_room_anew_after_the_last_left) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "a", exact));
    static_cast<void>(rooms.leave(1, "a", exact));

    EXPECT_EQ(rooms.join(1, 0, "a", exact), join_result::first);
}

TEST(registry, groups_members_by_kind) {
    registry rooms;

    static_cast<void>(rooms.join(1, 1, "a", exact));
    static_cast<void>(rooms.join(2, 0, "a", exact));
    static_cast<void>(rooms.join(3, 1, "a", exact));

    const room& in = *rooms.find("a", exact);
    EXPECT_EQ(in.groups().size(), 2U);
    EXPECT_EQ(members_of(in, 0), std::vector<member_id>{2});
    EXPECT_EQ(members_of(in, 1), (std::vector<member_id>{1, 3}));
}

TEST(registry, moves_the_last_of_a_group_into_the_gap) {
    registry rooms;
    for (const member_id member : {1, 2, 3, 4}) static_cast<void>(rooms.join(member, 0, "a", exact));

    static_cast<void>(rooms.leave(1, "a", exact));
    EXPECT_EQ(members_of(*rooms.find("a", exact), 0), (std::vector<member_id>{4, 2, 3}));
    static_cast<void>(rooms.leave(4, "a", exact));
    EXPECT_EQ(members_of(*rooms.find("a", exact), 0), (std::vector<member_id>{3, 2}));
    static_cast<void>(rooms.leave(2, "a", exact));

    EXPECT_EQ(members_of(*rooms.find("a", exact), 0), std::vector<member_id>{3});
}

TEST(registry, tells_a_pattern_from_a_room_of_the_same_name) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "a:*", exact));

    EXPECT_EQ(rooms.join(1, 0, "a:*", pattern), join_result::first);
    EXPECT_NE(rooms.find("a:*", exact), rooms.find("a:*", pattern));
    EXPECT_FALSE(rooms.find("a:*", exact)->is_pattern());
    EXPECT_TRUE(rooms.find("a:*", pattern)->is_pattern());
    EXPECT_EQ(rooms.leave(1, "a:*", pattern), leave_result::last);

    EXPECT_TRUE(rooms.is_member(1, *rooms.find("a:*", exact)));
}

TEST(registry, finds_the_patterns_of_a_room_as_long_as_they_have_members) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "a:*", pattern));
    static_cast<void>(rooms.join(2, 0, "a:*", pattern));
    static_cast<void>(rooms.join(2, 0, "**", pattern));
    std::vector<room*> found;

    rooms.match_patterns("a:b", found);
    EXPECT_EQ(found.size(), 2U);
    static_cast<void>(leave_all(rooms, 2));
    found.clear();
    rooms.match_patterns("a:b", found);

    EXPECT_EQ(found, std::vector<room*>{rooms.find("a:*", pattern)});
    EXPECT_TRUE(rooms.has_patterns());
    static_cast<void>(rooms.leave(1, "a:*", pattern));
    EXPECT_FALSE(rooms.has_patterns());
}

TEST(registry, knows_where_each_member_is) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "a", exact));
    static_cast<void>(rooms.join(1, 0, "b:*", pattern));
    static_cast<void>(rooms.join(9, 0, "a", exact));

    EXPECT_EQ(rooms.rooms_of(1), 2U);
    EXPECT_EQ(rooms_of(rooms, 1), (std::vector<std::string>{"a", "b:*"}));
    EXPECT_EQ(rooms.rooms_of(9), 1U);
    EXPECT_TRUE(rooms.is_member(9, *rooms.find("a", exact)));
    EXPECT_FALSE(rooms.is_member(9, *rooms.find("b:*", pattern)));
    EXPECT_FALSE(rooms.is_member(5, *rooms.find("a", exact)));
    EXPECT_FALSE(rooms.is_member(1'000, *rooms.find("a", exact)));
    EXPECT_EQ(rooms_of(rooms, 1'000), std::vector<std::string>{});
}

TEST(registry, takes_a_member_out_of_everything) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "alone", exact));
    static_cast<void>(rooms.join(1, 0, "shared", exact));
    static_cast<void>(rooms.join(2, 0, "shared", exact));
    static_cast<void>(rooms.join(1, 0, "p:*", pattern));

    EXPECT_EQ(leave_all(rooms, 1), (std::vector<std::string>{"alone", "p:*"}));
    EXPECT_EQ(leave_all(rooms, 1), std::vector<std::string>{});

    EXPECT_EQ(rooms.rooms_of(1), 0U);
    EXPECT_EQ(rooms.room_count(), 1U);
    EXPECT_EQ(rooms.member_count(), 1U);
    EXPECT_EQ(members_of(*rooms.find("shared", exact), 0), std::vector<member_id>{2});
}

TEST(registry, lets_a_slot_be_used_again) {
    registry rooms;
    static_cast<void>(rooms.join(1, 0, "a", exact));
    static_cast<void>(leave_all(rooms, 1));

    EXPECT_EQ(rooms.join(1, 1, "a", exact), join_result::first);

    EXPECT_EQ(members_of(*rooms.find("a", exact), 1), std::vector<member_id>{1});
}

TEST(registry, starts_rooms_without_a_tag) {
    registry rooms;

    static_cast<void>(rooms.join(1, 0, "a", exact));

    EXPECT_EQ(rooms.find("a", exact)->tag, room::no_tag);
}

}  // namespace
}  // namespace fanwire
