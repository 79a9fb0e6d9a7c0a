#include "bus/redis/redis_hub.hpp"

#include "support/fake_redis_link.hpp"
#include "support/manual_clock.hpp"
#include "support/queue_executor.hpp"
#include "support/recording_listener.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::message_to;
using test::pushed;
using texts = std::vector<std::string>;

redis_settings hub_settings() {
    redis_settings made;
    made.instance = "me";
    made.room_prefix = "r:";
    made.broadcast_channel = "all";
    made.key_prefix = "k:";
    made.command_timeout = 1s;
    made.probe_interval = 1s;
    made.probe_timeout = 1s;
    made.outbox_limits = {10, 1'000, 60s};
    made.max_message_bytes = 100;
    return made;
}

class redis_hub_script : public ::testing::Test {
protected:
    redis_hub_script() {
        hub.attach(shard, listener);
        hub.attach(publishing, subscribing);
        hub.subscribe(0, {"a", false}, {});
    }
    void subscriber_hears(std::initializer_list<std::string_view> words) {
        const resp_reply reply = pushed(words);
        hub.subscribing_handler().on_link_reply(reply.view());
    }
    void publish_answered() {
        const resp_reply reply = test::reply_of(":1\r\n");
        hub.publishing_handler().on_link_reply(reply.view());
    }
    void turn() {
        hub.end_turn();
        shard.run_all();
    }
    void subscriber_up() {
        hub.subscribing_handler().on_link_ready();
        turn();
        for (const char* name : {"all", "k:i:me", "r:a"}) subscriber_hears({"subscribe", name, "1"});
    }
    void both_up() {
        hub.publishing_handler().on_link_ready();
        subscriber_up();
        turn();
    }
    void publish(const char* payload) {
        hub.publish(0, message_to("a", payload), [this](std::error_code failed, const publish_result& how) {
            told.push_back(failed ? failed.message() : how.local ? "local" : "true");
        });
        turn();
    }

    redis_settings settings = hub_settings();
    test::manual_clock clock;
    test::queue_executor home;
    test::queue_executor shard;
    test::recording_listener listener{shard};
    test::fake_redis_link publishing;
    test::fake_redis_link subscribing;
    texts told;
    redis_hub hub{settings, home, clock, [](log_level, std::string_view) {}, [](bool) {}};
};

TEST_F(redis_hub_script, publishes_online_and_delivers_what_comes_back) {
    both_up();
    EXPECT_EQ(hub.counted().is_online.value(), 1U);
    EXPECT_EQ(publishing.sent(), texts{"PUBLISH k:i:me probe:0"});
    publish("x");
    EXPECT_EQ(publishing.sent(), texts{"PUBLISH r:a x"});
    EXPECT_EQ(listener.heard(), texts{});
    publish_answered();
    publish_answered();
    subscriber_hears({"message", "r:a", "x"});
    turn();
    EXPECT_EQ(told, texts{"true"});
    EXPECT_EQ(listener.heard(), texts{"x"});
}

TEST_F(redis_hub_script, is_uncertain_of_what_was_unanswered_when_the_link_broke) {
    both_up();
    publish("x");
    hub.publishing_handler().on_link_lost();
    turn();
    EXPECT_EQ(told, texts{make_error_code(errc::uncertain).message()});
    EXPECT_EQ(hub.counted().is_online.value(), 0U);
}

TEST_F(redis_hub_script, delivers_offline_replays_in_order_and_skips_its_own_copies) {
    publish("x");
    publish("y");
    EXPECT_EQ(told, (texts{"local", "local"}));
    EXPECT_EQ(listener.heard(), (texts{"x", "y"}));
    both_up();
    EXPECT_EQ(publishing.sent(), (texts{"PUBLISH r:a x", "PUBLISH r:a y", "PUBLISH k:i:me probe:0"}));
    subscriber_hears({"message", "r:a", "x"});
    subscriber_hears({"message", "r:a", "y"});
    subscriber_hears({"message", "r:a", "y"});
    turn();
    EXPECT_EQ(listener.heard(), texts{"y"});
}

TEST_F(redis_hub_script, ends_matching_after_a_replay_that_broke_though_nothing_is_left_to_replay) {
    publish("x");
    both_up();
    EXPECT_EQ(listener.heard(), texts{"x"});
    hub.publishing_handler().on_link_lost();
    turn();
    hub.publishing_handler().on_link_ready();
    turn();
    subscriber_hears({"message", "k:i:me", "replayed:1"});
    subscriber_hears({"message", "r:a", "x"});
    turn();
    EXPECT_EQ(listener.heard(), texts{"x"});
}

}  // namespace
}  // namespace fanwire
