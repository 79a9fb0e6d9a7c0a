#include "bus/local_bus.hpp"

#include "support/queue_executor.hpp"
#include "support/recording_listener.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using test::message_to;
using texts = std::vector<std::string>;

/// A shard's part of the bus.
struct bus_end {
    explicit bus_end(const std::shared_ptr<local_hub>& hub, test::queue_executor& home)
        : thread(home),
          listener(home),
          bus(hub, home, listener) {}

    void subscribe(const std::string& name, bool is_pattern = false) {
        thread.inside([&] {
            bus.subscribe({name, is_pattern}, [this](bool is_local) {
                EXPECT_TRUE(thread.is_current());
                EXPECT_FALSE(is_local);
                ++confirmed;
            });
        });
    }
    void unsubscribe(const std::string& name, bool is_pattern = false) {
        thread.inside([&] { bus.unsubscribe({name, is_pattern}); });
    }
    void publish(const std::string& room, const std::string& payload) {
        thread.inside([&] {
            bus.publish(message_to(room, payload),
                        [this](std::error_code failed, const publish_result& result) {
                            EXPECT_TRUE(thread.is_current());
                            EXPECT_FALSE(failed);
                            EXPECT_FALSE(result.local);
                            ++published;
                        });
        });
    }

    test::queue_executor& thread;
    test::recording_listener listener;
    local_bus bus;
    int confirmed = 0;
    int published = 0;
};

class local_bus_of_shards : public ::testing::Test {
protected:
    explicit local_bus_of_shards(std::size_t shards) {
        for (std::size_t i = 0; i < shards; ++i) threads_.emplace_back();
        hub_ = std::make_shared<local_hub>(threads_.front());
        for (auto& thread : threads_) shards_.push_back(std::make_unique<bus_end>(hub_, thread));
    }

    bus_end& shard(std::size_t index) { return *shards_[index]; }
    /// Lets every thread run until none has anything to do.
    void settle() {
        for (bool is_busy = true; is_busy;) {
            is_busy = false;
            for (auto& thread : threads_) is_busy = thread.run_one() || is_busy;
        }
    }

    std::deque<test::queue_executor> threads_;
    std::shared_ptr<local_hub> hub_;
    std::vector<std::unique_ptr<bus_end>> shards_;
};

class local_bus_alone : public local_bus_of_shards {
protected:
    local_bus_alone() : local_bus_of_shards(1) {}
};

class local_bus_shared : public local_bus_of_shards {
protected:
    local_bus_shared() : local_bus_of_shards(3) {}
};

TEST_F(local_bus_alone, is_done_when_a_call_returns) {
    shard(0).subscribe("a");
    EXPECT_EQ(shard(0).confirmed, 1);
    shard(0).publish("a", "hello");

    EXPECT_EQ(shard(0).published, 1);
    EXPECT_EQ(shard(0).listener.heard(), texts{"hello"});
    EXPECT_EQ(threads_.front().waiting(), 0U);
}

TEST_F(local_bus_alone, gives_the_message_itself_to_the_listener) {
    shard(0).subscribe("a");
    const auto message = message_to("a", "hello");

    shard(0).thread.inside([&] { shard(0).bus.publish(message, {}); });

    EXPECT_EQ(shard(0).listener.last(), message);
}

TEST_F(local_bus_alone, gives_rooms_nobody_wants_to_nobody) {
    shard(0).subscribe("a");

    shard(0).publish("b", "hello");

    EXPECT_EQ(shard(0).published, 1);
    EXPECT_EQ(shard(0).listener.heard(), texts{});
}

TEST_F(local_bus_alone, gives_nothing_after_the_subscription_ended) {
    shard(0).subscribe("a");
    shard(0).unsubscribe("a");

    shard(0).publish("a", "hello");

    EXPECT_EQ(shard(0).listener.heard(), texts{});
}

TEST_F(local_bus_alone, gives_broadcasts_without_a_subscription) {
    shard(0).publish("", "hello");

    EXPECT_EQ(shard(0).listener.heard(), texts{"hello"});
}

TEST_F(local_bus_alone, gives_one_copy_however_many_subscriptions_match) {
    shard(0).subscribe("a:b");
    shard(0).subscribe("a:*", true);
    shard(0).subscribe("**", true);

    shard(0).publish("a:b", "hello");

    EXPECT_EQ(shard(0).listener.heard(), texts{"hello"});
}

TEST_F(local_bus_alone, takes_calls_without_anybody_to_tell) {
    shard(0).thread.inside([&] {
        shard(0).bus.subscribe({"a", false}, {});
        shard(0).bus.publish(message_to("a", "hello"), {});
    });

    EXPECT_EQ(shard(0).listener.heard(), texts{"hello"});
}

TEST_F(local_bus_shared, confirms_on_the_thread_of_the_caller) {
    shard(1).subscribe("a");
    EXPECT_EQ(shard(1).confirmed, 0);

    settle();

    EXPECT_EQ(shard(1).confirmed, 1);
}

TEST_F(local_bus_shared, misses_nothing_after_the_confirmation) {
    shard(1).subscribe("a");
    threads_[0].run_all();
    shard(0).publish("a", "right behind");

    threads_[1].run_all();

    EXPECT_EQ(shard(1).confirmed, 1);
    EXPECT_EQ(shard(1).listener.heard(), texts{"right behind"});
}

TEST_F(local_bus_shared, answers_a_publish_on_the_thread_of_the_caller) {
    shard(2).subscribe("a");
    settle();
    shard(1).publish("a", "hello");
    EXPECT_EQ(shard(1).published, 0);

    settle();

    EXPECT_EQ(shard(1).published, 1);
    EXPECT_EQ(shard(2).listener.heard(), texts{"hello"});
    EXPECT_EQ(shard(1).listener.heard(), texts{});
}

TEST_F(local_bus_shared, gives_every_shard_one_order) {
    for (std::size_t i = 0; i < 3; ++i) shard(i).subscribe("a");
    settle();

    shard(1).publish("a", "one from 1");
    shard(2).publish("a", "one from 2");
    shard(0).publish("a", "one from 0");
    shard(2).publish("a", "two from 2");
    shard(1).publish("a", "two from 1");
    settle();

    const texts first = shard(0).listener.heard();
    EXPECT_EQ(first.size(), 5U);
    EXPECT_EQ(shard(1).listener.heard(), first);
    EXPECT_EQ(shard(2).listener.heard(), first);
}

TEST_F(local_bus_shared, keeps_the_order_of_each_publisher) {
    shard(2).subscribe("a");
    settle();

    for (const char* text : {"1", "2", "3"}) shard(1).publish("a", text);
    settle();

    EXPECT_EQ(shard(2).listener.heard(), (texts{"1", "2", "3"}));
}

TEST_F(local_bus_shared, carries_a_shards_calls_out_in_their_order) {
    shard(1).subscribe("a");
    shard(1).publish("a", "heard");
    shard(1).unsubscribe("a");
    shard(1).publish("a", "not heard");
    settle();

    EXPECT_EQ(shard(1).listener.heard(), texts{"heard"});
    EXPECT_EQ(shard(1).published, 2);
}

TEST_F(local_bus_shared, gives_broadcasts_to_every_shard) {
    shard(1).publish("", "hello");
    settle();

    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(shard(i).listener.heard(), texts{"hello"});
}

TEST_F(local_bus_shared, gives_a_shard_with_patterns_one_copy_of_every_room) {
    shard(1).subscribe("x:*", true);
    shard(1).subscribe("y:*", true);
    shard(1).subscribe("a");
    settle();

    shard(0).publish("a", "1");
    shard(0).publish("b", "2");
    settle();
    shard(1).unsubscribe("x:*", true);
    settle();
    shard(0).publish("b", "3");
    settle();

    EXPECT_EQ(shard(1).listener.heard(), (texts{"1", "2", "3"}));
}

TEST_F(local_bus_shared, drops_the_answers_of_a_shard_that_has_ended) {
    const auto watched = std::make_shared<int>(0);
    shard(1).thread.inside([&] {
        shard(1).bus.publish(message_to("a", "hello"), [watched](std::error_code, const publish_result&) {});
    });

    threads_.clear();

    EXPECT_EQ(watched.use_count(), 1);
}

class local_bus_of_64 : public local_bus_of_shards {
protected:
    local_bus_of_64() : local_bus_of_shards(max_shards) {}
};

TEST_F(local_bus_of_64, serves_as_many_shards_as_there_may_be) {
    shard(63).subscribe("a");
    settle();

    shard(0).publish("", "to all");
    shard(0).publish("a", "to the last");
    settle();

    EXPECT_EQ(shard(62).listener.heard(), texts{"to all"});
    EXPECT_EQ(shard(63).listener.heard(), (texts{"to all", "to the last"}));
}

}  // namespace
}  // namespace fanwire
