#include "room/pattern_index.hpp"

#include "room/room.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {
namespace {

/// A pattern index that owns its targets.
class indexed_patterns {
public:
    void insert(const std::string& pattern) {
        auto made = std::make_unique<room>(pattern, true);
        index_.insert(pattern, *made);
        targets_.emplace(pattern, std::move(made));
    }
    void erase(const std::string& pattern) {
        index_.erase(pattern);
        targets_.erase(pattern);
    }
    [[nodiscard]] std::vector<std::string> matching(std::string_view name) const {
        std::vector<room*> found;
        index_.match(name, found);
        std::vector<std::string> patterns;
        patterns.reserve(found.size());
        for (const room* one : found) patterns.push_back(one->name());
        std::ranges::sort(patterns);
        return patterns;
    }
    [[nodiscard]] bool matches(std::string_view name) const { return !matching(name).empty(); }
    [[nodiscard]] const pattern_index& index() const { return index_; }

private:
    pattern_index index_;
    std::map<std::string, std::unique_ptr<room>> targets_;
};

indexed_patterns with(const std::vector<std::string>& patterns) {
    indexed_patterns made;
    for (const auto& pattern : patterns) made.insert(pattern);
    return made;
}

using names = std::vector<std::string>;

TEST(pattern_index, finds_nothing_when_empty) {
    const indexed_patterns patterns;

    EXPECT_TRUE(patterns.index().is_empty());
    EXPECT_FALSE(patterns.matches("chat"));
}

TEST(pattern_index, takes_a_star_for_one_segment) {
    const auto patterns = with({"chat:*:1"});

    EXPECT_TRUE(patterns.matches("chat:room:1"));
    EXPECT_FALSE(patterns.matches("chat:1"));
    EXPECT_FALSE(patterns.matches("chat:a:b:1"));
    EXPECT_FALSE(patterns.matches("chat:room:2"));
    EXPECT_FALSE(patterns.matches("chat:room"));
}

TEST(pattern_index, takes_a_star_for_the_first_and_the_last_segment) {
    const auto patterns = with({"*:b", "a:*"});

    EXPECT_EQ(patterns.matching("a:b"), (names{"*:b", "a:*"}));
    EXPECT_EQ(patterns.matching("a:c"), names{"a:*"});
    EXPECT_EQ(patterns.matching("c:b"), names{"*:b"});
    EXPECT_EQ(patterns.matching("a"), names{});
    EXPECT_EQ(patterns.matching("a:b:c"), names{});
}

TEST(pattern_index, takes_two_stars_for_one_segment_or_more) {
    const auto patterns = with({"chat:**"});

    EXPECT_FALSE(patterns.matches("chat"));
    EXPECT_TRUE(patterns.matches("chat:a"));
    EXPECT_TRUE(patterns.matches("chat:a:b:c"));
    EXPECT_FALSE(patterns.matches("chats:a"));
}

TEST(pattern_index, takes_two_stars_alone_for_every_room) {
    const auto patterns = with({"**"});

    EXPECT_TRUE(patterns.matches("a"));
    EXPECT_TRUE(patterns.matches("a:b:c"));
}

TEST(pattern_index, takes_stars_within_a_segment_as_they_are) {
    const auto patterns = with({"a*", "***", "*b"});

    EXPECT_EQ(patterns.matching("a*"), names{"a*"});
    EXPECT_EQ(patterns.matching("***"), names{"***"});
    EXPECT_EQ(patterns.matching("ab"), names{});
}

TEST(pattern_index, takes_a_pattern_without_wildcards_for_that_room) {
    const auto patterns = with({"a:b"});

    EXPECT_TRUE(patterns.matches("a:b"));
    EXPECT_FALSE(patterns.matches("a"));
    EXPECT_FALSE(patterns.matches("a:b:c"));
}

TEST(pattern_index, takes_a_star_in_a_room_name_for_a_star_only) {
    const auto patterns = with({"a:*", "a:**", "a:b"});

    EXPECT_EQ(patterns.matching("a:*"), (names{"a:*", "a:**"}));
    EXPECT_EQ(patterns.matching("a:**"), (names{"a:*", "a:**"}));
    EXPECT_EQ(patterns.matching("*:b"), names{});
    EXPECT_EQ(patterns.matching("**"), names{});
}

TEST(pattern_index, finds_each_pattern_once) {
    const auto patterns = with({"*", "**", "*:*", "a:*", "*:b", "a:b", "a:**", "*:**", "a:b:c"});

    EXPECT_EQ(patterns.matching("a:b"), (names{"**", "*:*", "*:**", "*:b", "a:*", "a:**", "a:b"}));
    EXPECT_EQ(patterns.matching("a"), (names{"*", "**"}));
}

TEST(pattern_index, erases_one_pattern_and_keeps_its_neighbours) {
    auto patterns = with({"a:*", "a:*:c", "a:**"});

    patterns.erase("a:*");

    EXPECT_EQ(patterns.matching("a:b"), names{"a:**"});
    EXPECT_EQ(patterns.matching("a:b:c"), (names{"a:**", "a:*:c"}));
}

TEST(pattern_index, erases_a_longer_pattern_and_keeps_its_beginning) {
    auto patterns = with({"a:b", "a:b:c"});

    patterns.erase("a:b:c");

    EXPECT_EQ(patterns.matching("a:b"), names{"a:b"});
    EXPECT_EQ(patterns.matching("a:b:c"), names{});
}

TEST(pattern_index, is_empty_after_the_last_was_erased) {
    auto patterns = with({"a:*:c:**", "*"});

    patterns.erase("*");
    EXPECT_FALSE(patterns.index().is_empty());
    patterns.erase("a:*:c:**");

    EXPECT_TRUE(patterns.index().is_empty());
    patterns.insert("a:*:c:**");
    EXPECT_TRUE(patterns.matches("a:b:c:d"));
}

TEST(pattern_index, ignores_the_erasure_of_what_is_not_there) {
    auto patterns = with({"a:*:c"});

    patterns.erase("a:*");
    patterns.erase("a:*:c:d");
    patterns.erase("b");

    EXPECT_EQ(patterns.matching("a:b:c"), names{"a:*:c"});
    EXPECT_FALSE(patterns.index().is_empty());
}

}  // namespace
}  // namespace fanwire
