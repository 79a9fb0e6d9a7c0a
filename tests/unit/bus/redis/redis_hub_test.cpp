#include "bus/redis/redis_hub.hpp"

#include "support/fake_redis_link.hpp"
#include "support/manual_clock.hpp"
#include "support/queue_executor.hpp"
#include "support/recording_listener.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
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
    void publish_refused() {
        const resp_reply reply = test::reply_of("-NOPERM no\r\n");
        hub.publishing_handler().on_link_reply(reply.view());
    }
    /// Time passes, and the hub is asked what is due.
    void wait(duration time) {
        clock.advance(time);
        hub.tick();
        turn();
    }
    void publish(const std::string& payload) {
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
    texts logged;
    std::vector<bus_state> states;
    redis_hub hub{settings, home, clock,
                  [this](log_level, std::string_view line) { logged.emplace_back(line); },
                  [this](bus_state now) { states.push_back(now); }};
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

TEST_F(redis_hub_script, skips_a_copy_that_comes_late_by_a_new_subscriber) {
    publish("x");
    both_up();
    EXPECT_EQ(listener.heard(), texts{"x"});
    hub.subscribing_handler().on_link_lost();
    turn();

    publish_answered();
    subscriber_up();
    turn();
    subscriber_hears({"message", "r:a", "x"});
    turn();

    EXPECT_EQ(listener.heard(), texts{});
}

TEST_F(redis_hub_script, replays_no_more_than_a_window_before_answers_come) {
    settings.outbox_limits = {1'000, 1'000'000, 60s};
    redis_hub large(settings, home, clock, [](log_level, std::string_view) {}, [](bus_state) {});
    large.attach(shard, listener);
    large.attach(publishing, subscribing);
    for (int number = 0; number < 300; ++number)
        large.publish(0, message_to("a", std::to_string(number)), {});
    large.publishing_handler().on_link_ready();
    large.subscribing_handler().on_link_ready();
    large.end_turn();
    for (const char* name : {"all", "k:i:me"}) {
        const resp_reply reply = pushed({"subscribe", name, "1"});
        large.subscribing_handler().on_link_reply(reply.view());
    }
    large.end_turn();
    // The window, and the probe.
    EXPECT_EQ(publishing.sent().size(), 257U);

    const resp_reply taken = test::reply_of(":1\r\n");
    for (int answer = 0; answer < 100; ++answer) large.publishing_handler().on_link_reply(taken.view());
    large.end_turn();

    EXPECT_EQ(publishing.sent().size(), 44U);
    EXPECT_EQ(large.counted().is_online.value(), 0U);
    shard.run_all();
}

TEST_F(redis_hub_script, tells_shards_what_they_may_have_missed) {
    turn();
    EXPECT_EQ(listener.states(), texts{"lost"});
    both_up();
    EXPECT_EQ(listener.states(), texts{"restored 0"});
    const std::int64_t lost_at = clock.now().unix_ms;

    hub.publishing_handler().on_link_lost();
    hub.subscribing_handler().on_link_lost();
    wait(1s);
    EXPECT_EQ(listener.states(), texts{"lost"});
    both_up();

    EXPECT_EQ(listener.states(), texts{"restored " + std::to_string(lost_at)});
}

TEST_F(redis_hub_script, replaces_the_subscriber_when_a_probe_was_taken_and_did_not_come_back) {
    both_up();
    publish_answered();

    wait(1s);
    EXPECT_EQ(subscribing.restarts, 0);
    wait(1ms);

    EXPECT_EQ(subscribing.restarts, 1);
    EXPECT_EQ(publishing.restarts, 0);
}

TEST_F(redis_hub_script, replaces_both_links_when_redis_is_silent) {
    both_up();

    wait(1s + 1ms);

    EXPECT_GE(publishing.restarts, 1);
    EXPECT_EQ(subscribing.restarts, 1);
}

TEST_F(redis_hub_script, is_proved_while_probes_come_back) {
    both_up();
    EXPECT_EQ(hub.counted().is_proved.value(), 0U);
    publish_answered();
    clock.advance(3ms);
    subscriber_hears({"message", "k:i:me", "probe:0"});

    EXPECT_EQ(hub.counted().is_proved.value(), 1U);
    EXPECT_EQ(hub.counted().probe_round_trip_us.value(), 3000U);
    hub.subscribing_handler().on_link_lost();
    EXPECT_EQ(hub.counted().is_proved.value(), 0U);
}

TEST_F(redis_hub_script, tells_each_state_once) {
    both_up();
    EXPECT_EQ(states, std::vector{bus_state::connected});

    hub.publishing_handler().on_link_lost();
    hub.subscribing_handler().on_link_lost();
    EXPECT_EQ(states, (std::vector{bus_state::connected, bus_state::disconnected}));

    publish("x");
    both_up();
    EXPECT_EQ(states.back(), bus_state::replaying);
    for (int answer = 0; answer < 2; ++answer) publish_answered();
    turn();
    EXPECT_EQ(states, (std::vector{bus_state::connected, bus_state::disconnected, bus_state::replaying,
                                   bus_state::connected}));
}

TEST_F(redis_hub_script, tells_that_a_replay_broke) {
    publish("x");
    both_up();

    hub.publishing_handler().on_link_lost();

    EXPECT_EQ(states, (std::vector{bus_state::replaying, bus_state::disconnected}));
}

TEST_F(redis_hub_script, logs_refusals_once_a_second) {
    both_up();
    publish_answered();
    for (int message = 0; message < 3; ++message) publish("x");
    for (int message = 0; message < 3; ++message) publish_refused();
    turn();
    EXPECT_EQ(logged, texts{"Redis refused a publish: NOPERM no"});
    EXPECT_EQ(told, texts(3, make_error_code(errc::unavailable).message()));
    EXPECT_EQ(hub.counted().refused.value(), 3U);

    publish("x");
    clock.advance(1s);
    publish_refused();

    EXPECT_EQ(logged.back(), "Redis refused a publish: NOPERM no (one of 3 refusals)");
}

TEST_F(redis_hub_script, logs_once_a_second_what_a_full_outbox_drops) {
    for (int message = 0; message < 15; ++message) publish("x");
    EXPECT_EQ(logged.size(), 1U);
    EXPECT_EQ(hub.counted().outbox_dropped.value(), 5U);
    EXPECT_EQ(hub.counted().outbox_messages.value(), 10U);

    wait(1s);

    ASSERT_EQ(logged.size(), 2U);
    EXPECT_TRUE(logged.back().starts_with("dropped 4 messages")) << logged.back();
}

TEST_F(redis_hub_script, takes_messages_up_to_the_limit_and_counts_longer_ones) {
    both_up();

    subscriber_hears({"message", "r:a", std::string(100, 'x')});
    subscriber_hears({"message", "r:a", std::string(101, 'x')});
    turn();

    EXPECT_EQ(listener.heard(), texts{std::string(100, 'x')});
    EXPECT_EQ(hub.skipped().too_large.value(), 1U);
}

class redis_hub_with_a_replay_delay : public redis_hub_script {
protected:
    redis_hub_with_a_replay_delay() { settings.max_replay_delay = 2s; }
    /// Redis is away for a time, in which a message is published.
    void outage(duration length) {
        both_up();
        static_cast<void>(publishing.sent());
        hub.publishing_handler().on_link_lost();
        hub.subscribing_handler().on_link_lost();
        publish("x");
        clock.advance(length);
        both_up();
    }
};

TEST_F(redis_hub_with_a_replay_delay, waits_for_others_as_long_as_the_outage_was) {
    outage(300ms);
    EXPECT_EQ(publishing.sent(), texts{});
    wait(299ms);
    EXPECT_EQ(publishing.sent(), texts{});
    wait(1ms);
    EXPECT_EQ(publishing.sent(), (texts{"PUBLISH r:a x", "PUBLISH k:i:me probe:2"}));
}

TEST_F(redis_hub_with_a_replay_delay, waits_for_others_no_longer_than_it_may) {
    outage(20s);
    wait(2s - 1ms);
    EXPECT_EQ(publishing.sent(), texts{});
    wait(1ms);
    EXPECT_EQ(publishing.sent(), (texts{"PUBLISH r:a x", "PUBLISH k:i:me probe:2"}));
}

TEST_F(redis_hub_with_a_replay_delay, queues_behind_the_outbox_and_hears_others_while_it_waits) {
    outage(1s);
    publish("y");
    subscriber_hears({"message", "r:a", "z"});
    turn();
    EXPECT_EQ(told, (texts{"local", "local"}));
    EXPECT_EQ(listener.heard(), (texts{"x", "y", "z"}));
    EXPECT_EQ(hub.counted().is_proved.value(), 0U);
    EXPECT_EQ(hub.counted().is_online.value(), 0U);
    wait(1s);
    EXPECT_EQ(publishing.sent(), (texts{"PUBLISH r:a x", "PUBLISH r:a y", "PUBLISH k:i:me probe:2"}));
}

TEST_F(redis_hub_with_a_replay_delay, does_not_wait_with_nothing_to_replay) {
    both_up();
    hub.publishing_handler().on_link_lost();
    wait(1s);
    hub.publishing_handler().on_link_ready();
    turn();
    EXPECT_EQ(hub.counted().is_online.value(), 1U);
}

TEST_F(redis_hub_with_a_replay_delay, begins_anew_when_a_link_breaks_meanwhile) {
    outage(1s);
    wait(900ms);
    hub.subscribing_handler().on_link_lost();
    clock.advance(200ms);
    subscriber_up();
    turn();
    EXPECT_EQ(publishing.sent(), texts{});
    wait(200ms);
    EXPECT_EQ(publishing.sent().front(), "PUBLISH r:a x");
}

TEST_F(redis_hub_script, sends_a_message_that_has_a_head_in_an_envelope) {
    auto head = std::make_shared<message_head>();
    head->user = "7";
    const auto message =
        std::make_shared<room_message>(room_message{"a", "hi", payload_form::enveloped, 0, std::move(head)});
    const std::string wire = "\xFC\x01\x03\x01\x01" + std::string("7hi");
    hub.publish(0, message, {});
    turn();
    EXPECT_EQ(listener.heard(), texts{"hi"});

    both_up();
    EXPECT_EQ(publishing.sent(), (texts{"PUBLISH r:a " + wire, "PUBLISH k:i:me probe:0"}));
    subscriber_hears({"message", "r:a", wire});
    turn();
    EXPECT_EQ(listener.heard(), texts{});
    subscriber_hears({"message", "r:a", wire});
    turn();

    EXPECT_EQ(listener.heard(), texts{"hi"});
    EXPECT_EQ(listener.last()->head->user, "7");
}

TEST_F(redis_hub_script, lets_one_refused_room_harm_no_other) {
    both_up();
    bool is_local = false;
    hub.subscribe(0, {"secret", false}, [&](bool local) { is_local = local; });
    turn();

    const resp_reply refused = test::reply_of("-NOPERM no\r\n");
    hub.subscribing_handler().on_link_reply(refused.view());
    turn();

    EXPECT_TRUE(is_local);
    EXPECT_EQ(subscribing.restarts, 0);
    EXPECT_EQ(hub.counted().is_online.value(), 1U);
    EXPECT_EQ(logged, texts{"Redis refused the subscription of r:secret: NOPERM no"});
}

}  // namespace
}  // namespace fanwire
