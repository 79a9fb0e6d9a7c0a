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
        shard_.turn();
        return peer.heard();
    }
    texts asked() {
        shard_.turn();
        return shard_.host->asked();
    }

    test_shard shard_{with_on_message()};
    fake_peer& alice_ = shard_.open();
    fake_peer& bob_ = shard_.open(codec_kind::classic, "\"bob\"");
};

TEST_F(router_hook, tells_the_host_what_would_be_published) {
    bob_.says("say lobby user=\"eve\" hi");
    shard_.turn();

    ASSERT_EQ(shard_.host->messages().size(), 1U);
    const message_request& request = shard_.host->messages().front().request;
    EXPECT_EQ(request.client, bob_.id());
    EXPECT_EQ(request.user, "\"bob\"");
    EXPECT_EQ(request.room, "lobby");
    EXPECT_EQ(request.payload, said("hi", "\"bob\""));
    EXPECT_EQ(shard_.bus.published(), texts{});
}

TEST_F(router_hook, tells_the_host_of_a_message_to_everybody_with_an_empty_room) {
    alice_.says("shout hi");
    shard_.turn();

    EXPECT_EQ(shard_.host->messages().front().request.room, "");
    EXPECT_EQ(shard_.host->messages().front().request.user, std::nullopt);
}

TEST_F(router_hook, is_not_asked_about_anything_else) {
    for (const char* request : {"join lobby", "ping", "leave lobby", "dance lobby"}) alice_.says(request);

    EXPECT_EQ(asked(), texts{});
}

TEST_F(router_hook, publishes_what_is_allowed_as_it_is) {
    alice_.says("say #1 lobby user=\"alice\" hi");
    shard_.turn();
    shard_.clock.advance(2s);

    shard_.decide(allow{});

    EXPECT_EQ(shard_.bus.published(), texts{said("hi", "\"alice\"")});
    EXPECT_EQ(heard(alice_), texts{"ack #1"});
}

TEST_F(router_hook, publishes_a_changed_message_with_what_was_not_changed) {
    alice_.says("say #1 lobby user=\"alice\" hi");
    shard_.turn();

    shard_.decide(change{{.user = {}, .text = "\"ho\"", .data = "[1]"}});

    EXPECT_EQ(shard_.bus.published(),
              texts{R"({"type":"message","user":"alice","text":"ho","data":[1],"timestamp":1000})"});
    EXPECT_EQ(heard(alice_), texts{"ack #1"});
}

TEST_F(router_hook, lets_the_host_change_even_the_user_that_it_has_set) {
    bob_.says("say lobby hi");
    shard_.turn();

    shard_.decide(change{{.user = "\"robert\"", .text = {}, .data = {}}});

    EXPECT_EQ(shard_.bus.published(), texts{said("hi", "\"robert\"")});
}

TEST_F(router_hook, keeps_the_user_that_the_host_has_set_in_a_changed_message) {
    bob_.says("say lobby user=\"eve\" hi");
    shard_.turn();

    shard_.decide(change{{.user = {}, .text = "\"ho\"", .data = {}}});

    EXPECT_EQ(shard_.bus.published(), texts{said("\"ho\"", "\"bob\"")});
}

TEST_F(router_hook, swallows_what_is_dropped_and_says_so_to_those_who_asked) {
    alice_.says("say #1 lobby hi");
    alice_.says("say lobby hi");
    shard_.turn();

    shard_.decide(drop{});
    shard_.decide(drop{});

    EXPECT_EQ(shard_.bus.published(), texts{});
    EXPECT_EQ(heard(alice_), texts{"ack #1 dropped"});
}

TEST_F(router_hook, tells_why_a_message_is_refused_with_or_without_an_id) {
    alice_.says("say #1 lobby hi");
    alice_.says("say lobby hi");
    shard_.turn();

    shard_.decide(refuse{errc::too_large, "not so loud"});
    shard_.decide(refuse{});

    EXPECT_EQ(shard_.bus.published(), texts{});
    EXPECT_EQ(heard(alice_), (texts{"error #1 lobby too_large not so loud", "error lobby forbidden"}));
}

TEST_F(router_hook, denies_a_message_that_is_not_answered_in_time) {
    alice_.says("say #1 lobby hi");
    alice_.says("say lobby hi");
    shard_.turn();

    shard_.wait(4'900ms);
    EXPECT_EQ(heard(alice_), texts{});
    shard_.wait(100ms);

    const texts told = heard(alice_);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[0].starts_with("error #1 lobby timeout ")) << told[0];
    EXPECT_TRUE(told[1].starts_with("error lobby timeout ")) << told[1];
    EXPECT_EQ(shard_.bus.published(), texts{});
}

TEST_F(router_hook, ignores_a_decision_that_is_late) {
    alice_.says("say #1 lobby hi");
    shard_.turn();
    shard_.wait(5s);
    static_cast<void>(alice_.heard());

    shard_.decide(allow{});

    EXPECT_EQ(shard_.bus.published(), texts{});
    EXPECT_EQ(heard(alice_), texts{});
}

TEST_F(router_hook, denies_a_message_whose_reply_was_dropped) {
    alice_.says("say #1 lobby hi");
    shard_.turn();

    shard_.host->drop_reply();

    const texts told = heard(alice_);
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

}  // namespace
}  // namespace fanwire
