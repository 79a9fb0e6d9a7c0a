#include "base/counter.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

TEST(counter, counts_from_zero) {
    counter counted;
    EXPECT_EQ(counted.value(), 0U);

    counted.add();
    counted.add(41);

    EXPECT_EQ(counted.value(), 42U);
}

TEST(counter, takes_a_value) {
    counter counted;
    counted.add(5);

    counted.set(2);

    EXPECT_EQ(counted.value(), 2U);
}

}  // namespace
}  // namespace fanwire
