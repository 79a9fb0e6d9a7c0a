#include "room/registry.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fanwire {
namespace {

constexpr member_id max_members = 24;
constexpr std::uint8_t kinds = 3;

/// A room's or pattern's name.
using name_and_form = std::pair<std::string, bool>;

std::uint8_t kind_of(member_id member) { return static_cast<std::uint8_t>(member % kinds); }

/// Does random things to a registry and to a map of sets, and compares.
class compared_registry {
public:
    explicit compared_registry(unsigned seed) : random_(seed) {}

    void step() {
        const auto member = static_cast<member_id>(random_() % max_members);
        const name_and_form where{std::string(1, static_cast<char>('a' + random_() % 8)), random_() % 4 == 0};
        const auto choice = random_() % 100;
        if (choice < 55) {
            join(member, where);
        } else if (choice < 95) {
            leave(member, where);
        } else {
            leave_all(member);
        }
    }

    void check() const {
        std::size_t members = 0;
        for (const auto& [where, expected] : model_) {
            const room* in = rooms_.find(where.first, where.second);
            ASSERT_NE(in, nullptr);
            ASSERT_EQ(in->size(), expected.size());
            ASSERT_EQ(read(*in), expected);
            members += expected.size();
        }
        ASSERT_EQ(rooms_.room_count(), model_.size());
        ASSERT_EQ(rooms_.member_count(), members);
        for (member_id member = 0; member < max_members; ++member) check(member);
    }

private:
    void join(member_id member, const name_and_form& where) {
        const auto result = rooms_.join(member, kind_of(member), where.first, where.second);
        auto& members = model_[where];
        const bool is_new = members.insert(member).second;
        EXPECT_EQ(result, !is_new               ? registry::join_result::already
                          : members.size() == 1 ? registry::join_result::first
                                                : registry::join_result::joined);
    }

    void leave(member_id member, const name_and_form& where) {
        const auto result = rooms_.leave(member, where.first, where.second);
        EXPECT_EQ(result, forget(member, where));
    }

    registry::leave_result forget(member_id member, const name_and_form& where) {
        const auto found = model_.find(where);
        if (found == model_.end() || found->second.erase(member) == 0)
            return registry::leave_result::not_member;
        if (!found->second.empty()) return registry::leave_result::left;
        model_.erase(found);
        return registry::leave_result::last;
    }

    void leave_all(member_id member) {
        std::set<name_and_form> emptied;
        rooms_.leave_all(member, [&](const room& gone) { emptied.emplace(gone.name(), gone.is_pattern()); });
        std::set<name_and_form> expected;
        for (const auto& where : places_of(member)) {
            if (forget(member, where) == registry::leave_result::last) expected.insert(where);
        }
        EXPECT_EQ(emptied, expected);
    }

    [[nodiscard]] std::set<name_and_form> places_of(member_id member) const {
        std::set<name_and_form> places;
        for (const auto& [where, members] : model_) {
            if (members.contains(member)) places.insert(where);
        }
        return places;
    }

    /// The members that stand in a room, each in the group of its kind.
    static std::set<member_id> read(const room& in) {
        std::set<member_id> members;
        for (const member_group& group : in.groups()) {
            for (const member_id member : group.members) {
                EXPECT_EQ(kind_of(member), group.kind);
                EXPECT_TRUE(members.insert(member).second) << member << " stands there twice";
            }
        }
        return members;
    }

    void check(member_id member) const {
        std::set<name_and_form> visited;
        rooms_.for_each_room(member,
                             [&](const room& in, bool) { visited.emplace(in.name(), in.is_pattern()); });
        ASSERT_EQ(visited, places_of(member));
        ASSERT_EQ(rooms_.rooms_of(member), visited.size());
        for (const auto& [where, members] : model_) {
            ASSERT_EQ(rooms_.is_member(member, *rooms_.find(where.first, where.second)),
                      members.contains(member));
        }
    }

    std::mt19937 random_;
    registry rooms_;
    std::map<name_and_form, std::set<member_id>> model_;
};

class registry_property : public ::testing::TestWithParam<unsigned> {};

TEST_P(registry_property, is_a_map_of_sets) {
    compared_registry compared(GetParam());

    for (int step = 0; step < 2'000; ++step) {
        compared.step();
        if (step % 10 == 0) compared.check();
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", step " << step;
    }
}

INSTANTIATE_TEST_SUITE_P(seeds, registry_property, ::testing::Range(1U, 9U));

}  // namespace
}  // namespace fanwire
