#include "net/http_date.hpp"

#include <gtest/gtest.h>

namespace fanwire {

namespace {

TEST(http_date, writes_moments_as_the_standard_does) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(1709251199), "Thu, 29 Feb 2024 23:59:59 GMT");
}

}  // namespace

}  // namespace fanwire
