#include "bus/redis/covering_patterns.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanwire {
namespace {

using texts = std::vector<std::string>;

TEST(covering_patterns, has_no_cover_that_begins_with_another) {
    covering_patterns covers(16);
    for (const char* pattern : {"a:b:*", "a:*", "b:*:c", "a:*"}) covers.add(pattern);
    EXPECT_EQ(covers.prefixes(), (texts{"a:", "b:"}));
    covers.remove("a:*");
    EXPECT_EQ(covers.prefixes(), (texts{"a:", "b:"}));
    covers.remove("a:*");
    EXPECT_EQ(covers.prefixes(), (texts{"a:b:", "b:"}));
}

TEST(covering_patterns, shortens_the_deepest_when_there_are_too_many) {
    covering_patterns covers(2);
    for (const char* pattern : {"a:b:*", "a:c:*", "d:*"}) covers.add(pattern);
    EXPECT_EQ(covers.prefixes(), (texts{"a:", "d:"}));
    covers.add("e:*");
    EXPECT_EQ(covers.prefixes(), texts{""});
}

TEST(covering_patterns, finds_the_prefix_again_in_its_glob) {
    for (const std::string prefix : {"", "a:", "*?[]\\^", "\\\\", "a-b:\\"}) {
        EXPECT_EQ(covering_patterns::prefix_of(covering_patterns::glob_of(prefix)), prefix);
    }
    EXPECT_EQ(covering_patterns::glob_of("a*"), "a\\**");
}

}  // namespace
}  // namespace fanwire
