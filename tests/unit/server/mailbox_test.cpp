#include "server/mailbox.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace fanwire {
namespace {

TEST(mailbox, runs_tasks_in_order_and_a_burst_in_one_turn) {
    boost::asio::io_context context;
    std::vector<int> ran;
    int turns = 0;
    mailbox box(context, [&] { ++turns; });

    for (int number = 0; number < 100; ++number) box.post([&ran, number] { ran.push_back(number); });
    context.run();

    ASSERT_EQ(ran.size(), 100U);
    for (int number = 0; number < 100; ++number) EXPECT_EQ(ran[static_cast<std::size_t>(number)], number);
    EXPECT_EQ(turns, 1);
}

TEST(mailbox, runs_what_a_task_posts_in_a_later_turn) {
    boost::asio::io_context context;
    int turns = 0;
    int turn_of_second = -1;
    mailbox box(context, [&] { ++turns; });

    box.post([&] { box.post([&] { turn_of_second = turns; }); });
    context.run();

    EXPECT_EQ(turn_of_second, 1);
    EXPECT_EQ(turns, 2);
}

TEST(mailbox, loses_nothing_from_many_threads) {
    boost::asio::io_context context;
    auto work = boost::asio::make_work_guard(context);
    int count = 0;
    mailbox box(context, [&] {
        if (count == 40'000) context.stop();
    });

    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int number = 0; number < 10'000; ++number) box.post([&count] { ++count; });
        });
    }
    context.run_for(std::chrono::seconds{30});
    for (std::thread& one : threads) one.join();

    EXPECT_EQ(count, 40'000);
}

TEST(mailbox, knows_its_own_thread) {
    boost::asio::io_context context;
    mailbox box(context, [] {});
    mailbox other(context, [] {});

    std::thread([&] {
        EXPECT_FALSE(box.is_current());
        box.bind_thread();
        EXPECT_TRUE(box.is_current());
        EXPECT_FALSE(other.is_current());
    }).join();

    EXPECT_FALSE(box.is_current());
}

TEST(mailbox, destroys_unrun_what_waits_at_its_end_and_what_comes_later) {
    boost::asio::io_context context;
    mailbox box(context, [] {});
    const auto held = std::make_shared<int>(0);

    box.post([held] { ++*held; });
    box.close();
    box.post([held] { ++*held; });
    context.run();

    EXPECT_EQ(*held, 0);
    EXPECT_EQ(held.use_count(), 1);
}

TEST(mailbox, lets_a_task_post_when_it_is_destroyed_at_the_end) {
    struct poster {
        mailbox& box;
        ~poster() {
            box.post([] {});
        }
    };
    boost::asio::io_context context;
    mailbox box(context, [] {});

    auto last = std::make_shared<poster>(box);
    box.post([kept = std::move(last)] {});
    box.close();

    EXPECT_EQ(context.run(), 1U);
}

}  // namespace
}  // namespace fanwire
