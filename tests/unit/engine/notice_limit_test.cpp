#include "engine/notice_limit.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace fanwire {
namespace {

TEST(notice_limit, drops_and_counts_what_is_beyond_it) {
    notice_limit limit(2);
    std::vector<receipt> waiting;

    waiting.push_back(*limit.admit());
    waiting.push_back(*limit.admit());
    EXPECT_FALSE(limit.admit());

    EXPECT_EQ(limit.counted().told.value(), 2U);
    EXPECT_EQ(limit.counted().dropped.value(), 1U);
}

TEST(notice_limit, has_a_place_again_when_one_was_told) {
    notice_limit limit(1);
    auto first = limit.admit();
    ASSERT_TRUE(first);

    receipt moved = std::move(*first);
    EXPECT_FALSE(limit.admit());
    moved = receipt();
    first.reset();

    EXPECT_TRUE(limit.admit());
}

TEST(notice_limit, may_end_before_what_waits) {
    receipt kept;
    {
        notice_limit limit(1);
        kept = *limit.admit();
    }
}

}  // namespace
}  // namespace fanwire
