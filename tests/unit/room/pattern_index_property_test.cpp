#include "base/room_name.hpp"
#include "room/pattern_index.hpp"
#include "room/room.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {
namespace {

using random_source = std::mt19937;

std::size_t below(random_source& random, std::size_t bound) { return random() % bound; }

std::vector<std::string> segments_of(std::string_view text) {
    std::vector<std::string> segments(1);
    for (const char c : text) {
        if (c == ':') {
            segments.emplace_back();
        } else {
            segments.back() += c;
        }
    }
    return segments;
}

/// What the index must find, said as plainly as can be.
bool matches(std::string_view pattern, std::string_view name) {
    const auto wanted = segments_of(pattern);
    const auto given = segments_of(name);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i >= given.size()) return false;
        if (wanted[i] == "**" && i + 1 == wanted.size()) return true;
        if (wanted[i] != "*" && wanted[i] != given[i]) return false;
    }
    return wanted.size() == given.size();
}

/// Few different segments, so that patterns and names meet often.
std::string random_name(random_source& random) {
    static constexpr std::string_view segments[] = {"a", "b", "c", "a*", "*", "**"};
    std::string name;
    for (std::size_t left = 1 + below(random, 4); left > 0; --left) {
        name += segments[below(random, std::size(segments))];
        if (left > 1) name += ':';
    }
    return name;
}

std::string random_pattern(random_source& random) {
    while (true) {
        std::string pattern = random_name(random);
        if (is_room_pattern(pattern, pattern.size())) return pattern;
    }
}

class pattern_index_property : public ::testing::TestWithParam<unsigned> {};

TEST_P(pattern_index_property, finds_what_a_naive_matcher_finds) {
    random_source random(GetParam());
    pattern_index index;
    std::map<std::string, std::unique_ptr<room>> present;

    for (int step = 0; step < 3'000; ++step) {
        const std::string pattern = random_pattern(random);
        if (present.contains(pattern)) {
            index.erase(pattern);
            present.erase(pattern);
        } else if (present.size() < 40) {
            auto made = std::make_unique<room>(pattern, true);
            index.insert(pattern, *made);
            present.emplace(pattern, std::move(made));
        }
        const std::string name = random_name(random);
        std::vector<room*> found;
        index.match(name, found);
        std::multiset<std::string> actual;
        for (const room* one : found) actual.insert(one->name());
        std::multiset<std::string> expected;
        for (const auto& [one, target] : present) {
            if (matches(one, name)) expected.insert(one);
        }
        ASSERT_EQ(actual, expected) << "seed " << GetParam() << ", step " << step << ", room " << name;
        ASSERT_EQ(index.is_empty(), present.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(seeds, pattern_index_property, ::testing::Range(1U, 9U));

}  // namespace
}  // namespace fanwire
