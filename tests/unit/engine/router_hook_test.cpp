#include "engine/router.hpp"
#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::fake_peer;
using test::said;
using test::shard_setup;
using test::test_shard;
using test::texts;

shard_setup with_on_message() {
    shard_setup setup;
    setup.has_on_message = true;
    return setup;
}

/// A shard whose host has an `on_message` hook.
class router_hook : public ::testing::Test {
protected:
    texts heard(fake_peer& peer) {
        shard.turn();
        return peer.heard();
    }
    texts asked() {
        shard.turn();
        return shard.host->asked();
    }

    test_shard shard{with_on_message()};
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open(codec_kind::classic, "\"bob\"");
};

TEST_F(router_hook, tells_the_host_what_would_be_published) {
    bob.says("say lobby user=\"eve\" hi");
    shard.turn();

    ASSERT_EQ(shard.host->messages().size(), 1U);
    const message_request& request = shard.host->messages().front().request;
    EXPECT_EQ(request.client, bob.id());
    EXPECT_EQ(request.user, "\"bob\"");
    EXPECT_EQ(request.room, "lobby");
    EXPECT_EQ(request.payload, said("hi", "\"bob\""));
    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST_F(router_hook, tells_the_host_of_a_message_to_everybody_with_an_empty_room) {
    alice.says("shout hi");
    shard.turn();

    EXPECT_EQ(shard.host->messages().front().request.room, "");
    EXPECT_EQ(shard.host->messages().front().request.user, std::nullopt);
}

TEST_F(router_hook, is_not_asked_about_anything_else) {
    for (const char* request : {"join lobby", "ping", "leave lobby", "dance lobby"}) alice.says(request);

    EXPECT_EQ(asked(), texts{});
}

TEST_F(router_hook, publishes_what_is_allowed_as_it_is) {
    alice.says("say #1 lobby user=\"alice\" hi");
    shard.turn();
    shard.clock.advance(2s);

    shard.decide(allow{});

    EXPECT_EQ(shard.bus.published(), texts{said("hi", "\"alice\"")});
    EXPECT_EQ(heard(alice), texts{"ack #1"});
}

TEST_F(router_hook, publishes_a_changed_message_with_what_was_not_changed) {
    alice.says("say #1 lobby user=\"alice\" hi");
    shard.turn();

    shard.decide(change{{.user = {}, .text = "\"ho\"", .data = "[1]"}});

    EXPECT_EQ(shard.bus.published(),
              texts{R"({"type":"message","user":"alice","text":"ho","data":[1],"timestamp":1000})"});
    EXPECT_EQ(heard(alice), texts{"ack #1"});
}

TEST_F(router_hook, lets_the_host_change_even_the_user_that_it_has_set) {
    bob.says("say lobby hi");
    shard.turn();

    shard.decide(change{{.user = "\"robert\"", .text = {}, .data = {}}});

    EXPECT_EQ(shard.bus.published(), texts{said("hi", "\"robert\"")});
}

TEST_F(router_hook, keeps_the_user_that_the_host_has_set_in_a_changed_message) {
    bob.says("say lobby user=\"eve\" hi");
    shard.turn();

    shard.decide(change{{.user = {}, .text = "\"ho\"", .data = {}}});

    EXPECT_EQ(shard.bus.published(), texts{said("\"ho\"", "\"bob\"")});
}

TEST_F(router_hook, swallows_what_is_dropped_and_says_so_to_those_who_asked) {
    alice.says("say #1 lobby hi");
    alice.says("say lobby hi");
    shard.turn();

    shard.decide(drop{});
    shard.decide(drop{});

    EXPECT_EQ(shard.bus.published(), texts{});
    EXPECT_EQ(heard(alice), texts{"ack #1 dropped"});
}

TEST_F(router_hook, tells_why_a_message_is_refused_with_or_without_an_id) {
    alice.says("say #1 lobby hi");
    alice.says("say lobby hi");
    shard.turn();

    shard.decide(refuse{errc::too_large, "not so loud"});
    shard.decide(refuse{});

    EXPECT_EQ(shard.bus.published(), texts{});
    EXPECT_EQ(heard(alice), (texts{"error #1 lobby too_large not so loud", "error lobby forbidden"}));
}

TEST_F(router_hook, denies_a_message_that_is_not_answered_in_time) {
    alice.says("say #1 lobby hi");
    alice.says("say lobby hi");
    shard.turn();

    shard.wait(4'900ms);
    EXPECT_EQ(heard(alice), texts{});
    shard.wait(100ms);

    const texts told = heard(alice);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[0].starts_with("error #1 lobby timeout ")) << told[0];
    EXPECT_TRUE(told[1].starts_with("error lobby timeout ")) << told[1];
    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST_F(router_hook, ignores_a_decision_that_is_late) {
    alice.says("say #1 lobby hi");
    shard.turn();
    shard.wait(5s);
    static_cast<void>(alice.heard());

    shard.decide(allow{});

    EXPECT_EQ(shard.bus.published(), texts{});
    EXPECT_EQ(heard(alice), texts{});
}

TEST_F(router_hook, denies_a_message_whose_reply_was_dropped) {
    alice.says("say #1 lobby hi");
    shard.turn();

    shard.host->drop_reply();

    const texts told = heard(alice);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0].starts_with("error #1 lobby unavailable")) << told[0];
}

TEST(router_hook_limit, denies_a_message_when_too_many_wait) {
    shard_setup setup = with_on_message();
    setup.gate.max_requests = 2;
    test_shard shard(setup);
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    alice.says("say #1 lobby hi");
    alice.says("say #2 lobby hi");
    bob.says("say #1 lobby hi");
    shard.turn();

    EXPECT_EQ(shard.host->messages().size(), 2U);
    EXPECT_EQ(alice.heard(), texts{});
    EXPECT_EQ(bob.heard(), texts{"error #1 lobby unavailable too many messages wait for the application"});
}

TEST(router_hook_limit, asks_later_for_a_client_whose_earlier_messages_fill_the_gate) {
    shard_setup setup = with_on_message();
    setup.gate.max_requests = 2;
    test_shard shard(setup);
    fake_peer& alice = shard.open();
    for (const char* text : {"1", "2", "3"}) alice.says(std::string("say #") + text + " lobby " + text);
    shard.turn();
    EXPECT_EQ(shard.host->asked(), (texts{said("1"), said("2")}));

    shard.decide(allow{});
    EXPECT_EQ(shard.host->asked(), (texts{said("2"), said("3")}));
    shard.decide(allow{});
    shard.decide(allow{});

    EXPECT_EQ(alice.heard(), (texts{"ack #1", "ack #2", "ack #3"}));
}

// The client's order

TEST_F(router_hook, puts_several_messages_of_a_client_to_the_host_together) {
    for (const char* text : {"1", "2", "3"}) alice.says(std::string("say lobby ") + text);

    EXPECT_EQ(asked(), (texts{said("1"), said("2"), said("3")}));
    EXPECT_EQ(shard.host->batches(), std::vector<std::size_t>{3});
}

TEST_F(router_hook, carries_decisions_out_in_the_clients_order) {
    alice.says("join lobby");
    for (const char* text : {"1", "2", "3"}) alice.says(std::string("say #") + text + " lobby " + text);
    shard.turn();
    static_cast<void>(alice.heard());

    shard.decide(2, allow{});
    shard.decide(1, drop{});
    EXPECT_EQ(shard.bus.published(), texts{});
    EXPECT_EQ(heard(alice), texts{});
    shard.decide(0, allow{});

    EXPECT_EQ(shard.bus.published(), (texts{said("1"), said("3")}));
    EXPECT_EQ(heard(alice), (texts{"ack #1", "ack #2 dropped", "ack #3", said("1"), said("3")}));
}

TEST_F(router_hook, lets_a_join_behind_a_message_wait_for_it) {
    alice.says("say #1 lobby before");
    alice.says("join #2 lobby");
    alice.says("say #3 lobby after");
    EXPECT_EQ(asked(), texts{said("before")});
    EXPECT_EQ(shard.bus.calls(), texts{});

    shard.decide(allow{});
    EXPECT_EQ(heard(alice), (texts{"ack #1", "joined #2 lobby"}));
    EXPECT_EQ(asked(), texts{said("after")});
    shard.decide(allow{});

    EXPECT_EQ(heard(alice), (texts{"ack #3", said("after")}));
}

TEST_F(router_hook, lets_a_leave_behind_a_message_wait_for_it) {
    alice.says("join lobby");
    alice.says("say lobby last words");
    alice.says("leave #1 lobby");
    EXPECT_EQ(heard(alice), texts{"joined lobby"});

    shard.decide(allow{});

    EXPECT_EQ(heard(alice), (texts{said("last words"), "left #1 lobby"}));
}

TEST_F(router_hook, asks_about_messages_behind_a_join_once_the_bus_has_confirmed) {
    shard.bus.confirms_at_once = false;
    alice.says("join lobby");
    alice.says("say lobby hi");
    EXPECT_EQ(asked(), texts{});

    shard.bus.confirm_one();

    EXPECT_EQ(asked(), texts{said("hi")});
    EXPECT_EQ(heard(alice), texts{"joined lobby"});
}

TEST_F(router_hook, answers_a_faulty_request_in_its_turn) {
    alice.says("say #1 lobby hi");
    alice.says("dance #2 lobby");
    alice.says("ping #3");
    EXPECT_EQ(heard(alice), texts{});

    shard.decide(allow{});

    EXPECT_EQ(heard(alice), (texts{"ack #1", "error #2 lobby unknown_type no such request", "pong #3"}));
}

TEST_F(router_hook, lets_other_clients_overtake) {
    alice.says("say #1 lobby slow");
    bob.says("say #1 lobby quick");
    bob.says("join cellar");
    shard.turn();

    shard.decide(1, allow{});

    EXPECT_EQ(heard(bob), (texts{"ack #1", "joined cellar"}));
    EXPECT_EQ(shard.bus.published(), texts{said("quick", "\"bob\"")});
    EXPECT_EQ(heard(alice), texts{});
}

TEST_F(router_hook, stops_reading_when_as_many_messages_are_at_the_hook_as_may) {
    for (const char* text : {"1", "2", "3"}) alice.says(std::string("say #") + text + " lobby " + text);
    EXPECT_FALSE(alice.link().is_paused());
    alice.says("say #4 lobby 4");
    EXPECT_TRUE(alice.link().is_paused());
    alice.says("say #5 lobby 5");
    EXPECT_EQ(asked().size(), 4U);

    shard.decide(0, allow{});

    EXPECT_EQ(asked(), (texts{said("2"), said("3"), said("4"), said("5")}));
    EXPECT_EQ(heard(alice), texts{"ack #1"});
    EXPECT_TRUE(alice.link().is_paused());
}

TEST_F(router_hook, reads_on_when_the_decisions_have_come) {
    for (const char* text : {"1", "2", "3", "4"}) alice.says(std::string("say #") + text + " lobby " + text);
    shard.turn();

    for (int i = 0; i < 4; ++i) shard.decide(3 - i, allow{});

    EXPECT_FALSE(alice.link().is_paused());
    EXPECT_EQ(heard(alice), (texts{"ack #1", "ack #2", "ack #3", "ack #4"}));
}

// Clients that go

TEST_F(router_hook, publishes_what_was_sent_before_the_client_went) {
    alice.says("say #1 lobby 1");
    alice.says("join lobby");
    alice.says("say #2 lobby 2");
    alice.ends();
    EXPECT_EQ(shard.core.counted().connections.value(), 1U);

    shard.turn();
    shard.decide(allow{});
    EXPECT_EQ(asked(), texts{said("2")});
    shard.decide(allow{});

    EXPECT_EQ(shard.bus.published(), (texts{said("1"), said("2")}));
    EXPECT_EQ(shard.bus.calls(), texts{}) << "who has gone joins nothing";
    EXPECT_FALSE(shard.core.has_clients() && !bob.is_connected());
}

TEST_F(router_hook, does_not_publish_what_is_refused_though_the_client_went) {
    alice.says("say #1 lobby 1");
    alice.ends();
    shard.turn();

    shard.decide(refuse{});

    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST_F(router_hook, forgets_a_client_that_went_when_its_last_request_has_ended) {
    alice.says("say #1 lobby 1");
    bob.ends();
    alice.ends();
    shard.turn();
    EXPECT_TRUE(shard.core.has_clients());

    shard.wait(5s);

    EXPECT_FALSE(shard.core.has_clients());
    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST_F(router_hook, sends_nothing_to_a_client_that_went_and_waits) {
    alice.says("join lobby");
    alice.says("say #1 lobby 1");
    alice.ends();
    shard.turn();
    static_cast<void>(alice.heard());

    shard.bus.deliver("lobby", "hi");
    shard.bus.deliver("", "hi");
    EXPECT_EQ(shard.core.send(alice.id(), "1"), send_result::client_gone);
    shard.core.abort_all();
    shard.turn();

    EXPECT_EQ(alice.link().aborts(), 0U);
    EXPECT_EQ(heard(alice), texts{});
}

TEST_F(router_hook, drops_what_waits_of_a_client_that_the_server_ends) {
    alice.says("say #1 lobby 1");
    alice.says("ping");
    shard.turn();

    shard.core.drain(0s);
    shard.turn();

    EXPECT_EQ(alice.link().closed(), close_code::going_away);
    EXPECT_EQ(alice.heard().size(), 2U) << "the message was denied, and the ping behind it answered";
    alice.ends();
    bob.ends();
    EXPECT_FALSE(shard.core.has_clients());
}

}  // namespace
}  // namespace fanwire
