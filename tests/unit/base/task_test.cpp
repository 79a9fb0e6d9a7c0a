#include "base/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace fanwire {
namespace {

TEST(task, is_empty_at_first) { EXPECT_FALSE(task{}); }

TEST(task, calls_its_function) {
    int calls = 0;
    task held([&calls] { ++calls; });

    ASSERT_TRUE(held);
    held();

    EXPECT_EQ(calls, 1);
}

TEST(task, owns_what_cannot_be_copied) {
    int seen = 0;
    task held([&seen, owned = std::make_unique<int>(7)] { seen = *owned; });

    held();

    EXPECT_EQ(seen, 7);
}

TEST(task, may_change_what_it_holds) {
    std::unique_ptr<int> taken;
    task held([&taken, owned = std::make_unique<int>(7)]() mutable { taken = std::move(owned); });

    held();

    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(*taken, 7);
}

TEST(task, copies_a_function_that_has_a_name) {
    int calls = 0;
    const auto named = [&calls] { ++calls; };
    task held(named);

    held();
    named();

    EXPECT_EQ(calls, 2);
}

TEST(task, moves) {
    int calls = 0;
    task first([&calls] { ++calls; });

    task second(std::move(first));
    task third;
    third = std::move(second);
    third();

    EXPECT_EQ(calls, 1);
}

TEST(task, destroys_what_it_holds_though_never_called) {
    const auto watched = std::make_shared<int>(7);
    {
        const task held([watched] { static_cast<void>(watched); });
        EXPECT_EQ(watched.use_count(), 2);
    }

    EXPECT_EQ(watched.use_count(), 1);
}

}  // namespace
}  // namespace fanwire
