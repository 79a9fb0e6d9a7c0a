#include "bus/redis/subscription_sync.hpp"

#include "support/fake_redis_link.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using enum redis_subscription;
using texts = std::vector<std::string>;

class subscription_sync_of_a_link : public ::testing::Test {
protected:
    texts commands() {
        std::string out;
        sync.write_commands(out, now);
        return test::command_lines(out);
    }
    void subscribe(std::string_view name) {
        sync.want(channel, name);
        ASSERT_EQ(commands(), texts{"SUBSCRIBE " + std::string(name)});
        ASSERT_TRUE(sync.on_subscribed(channel, name));
    }

    subscription_sync sync{5s};
    time_point now{1h};
};

TEST_F(subscription_sync_of_a_link, sends_nothing_without_a_link_and_all_that_is_wanted_with_one) {
    sync.want(channel, "a");
    sync.want(pattern, "b*");
    EXPECT_EQ(commands(), texts{});
    sync.on_link_ready();
    EXPECT_EQ(commands(), (texts{"SUBSCRIBE a", "PSUBSCRIBE b*"}));
    EXPECT_FALSE(sync.is_replayed());
    EXPECT_TRUE(sync.on_subscribed(channel, "a"));
    EXPECT_FALSE(sync.is_replayed());
    EXPECT_TRUE(sync.on_subscribed(pattern, "b*"));
    EXPECT_TRUE(sync.is_replayed());
}

TEST_F(subscription_sync_of_a_link, replays_in_batches) {
    for (int n = 0; n < 513; ++n) sync.want(channel, std::to_string(n));
    sync.on_link_ready();
    EXPECT_EQ(commands().size(), 2U);
}

TEST_F(subscription_sync_of_a_link, unsubscribes_when_it_has_lingered) {
    sync.on_link_ready();
    subscribe("a");
    sync.unwant(channel, "a", now);
    now += 5s - 1ms;
    EXPECT_EQ(commands(), texts{});
    EXPECT_TRUE(sync.is_confirmed(channel, "a"));
    now += 1ms;
    EXPECT_EQ(commands(), texts{"UNSUBSCRIBE a"});
    EXPECT_FALSE(sync.is_confirmed(channel, "a"));
    sync.on_unsubscribed(channel, "a");
    EXPECT_EQ(sync.size(), 0U);
}

TEST_F(subscription_sync_of_a_link, keeps_what_is_wanted_again_and_lingers_anew) {
    sync.on_link_ready();
    subscribe("a");
    sync.unwant(channel, "a", now);
    now += 3s;
    sync.want(channel, "a");
    sync.unwant(channel, "a", now);
    now += 3s;
    EXPECT_EQ(commands(), texts{});
    now += 2s;
    EXPECT_EQ(commands(), texts{"UNSUBSCRIBE a"});
}

TEST_F(subscription_sync_of_a_link, subscribes_again_what_is_wanted_while_it_is_unsubscribed) {
    sync.on_link_ready();
    subscribe("a");
    sync.unwant(channel, "a", now);
    now += 5s;
    EXPECT_EQ(commands(), texts{"UNSUBSCRIBE a"});
    sync.want(channel, "a");
    EXPECT_EQ(commands(), texts{});
    sync.on_unsubscribed(channel, "a");
    EXPECT_EQ(commands(), texts{"SUBSCRIBE a"});
    EXPECT_TRUE(sync.on_subscribed(channel, "a"));
}

TEST_F(subscription_sync_of_a_link, unsubscribes_what_is_confirmed_after_it_was_unwanted) {
    sync.on_link_ready();
    sync.want(channel, "a");
    EXPECT_EQ(commands(), texts{"SUBSCRIBE a"});
    sync.unwant(channel, "a", now);
    now += 6s;
    EXPECT_EQ(commands(), texts{});
    EXPECT_TRUE(sync.on_subscribed(channel, "a"));
    EXPECT_EQ(commands(), texts{"UNSUBSCRIBE a"});
}

TEST_F(subscription_sync_of_a_link, forgets_at_a_loss_what_lingers_and_subscribes_the_rest_again) {
    sync.on_link_ready();
    subscribe("a");
    subscribe("b");
    sync.unwant(channel, "a", now);
    sync.on_link_lost();
    EXPECT_FALSE(sync.is_confirmed(channel, "b"));
    EXPECT_FALSE(sync.is_replayed());
    EXPECT_FALSE(sync.is_awaiting());
    sync.on_link_ready();
    EXPECT_EQ(commands(), texts{"SUBSCRIBE b"});
}

TEST_F(subscription_sync_of_a_link, tries_what_was_refused_with_others_alone) {
    sync.on_link_ready();
    sync.want(channel, "a");
    sync.want(channel, "b");
    EXPECT_EQ(commands(), texts{"SUBSCRIBE a b"});
    EXPECT_EQ(sync.on_refused(), "");
    EXPECT_EQ(commands(), (texts{"SUBSCRIBE a", "SUBSCRIBE b"}));
    EXPECT_EQ(sync.on_refused(), "a");
    EXPECT_TRUE(sync.on_subscribed(channel, "b"));
    EXPECT_FALSE(sync.is_awaiting());
    EXPECT_EQ(commands(), texts{});
}

TEST_F(subscription_sync_of_a_link, takes_no_answer_for_what_nobody_asked_for) {
    sync.on_link_ready();
    EXPECT_FALSE(sync.on_subscribed(channel, "x"));
    sync.on_unsubscribed(pattern, "x");
    EXPECT_EQ(sync.size(), 0U);
}

}  // namespace
}  // namespace fanwire
