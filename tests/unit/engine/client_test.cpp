#include "engine/client.hpp"

#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::fake_peer;
using test::said;
using test::test_shard;
using test::texts;

/// Clients whose messages wait for the host, and whose joins may wait for the bus.
class client_requests : public ::testing::Test {
protected:
    texts heard(fake_peer& peer) {
        shard.turn();
        return peer.heard();
    }
    texts asked() {
        shard.turn();
        return shard.host->asked();
    }

    test_shard shard{{.has_on_message = true}};
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open(codec_kind::classic, "\"bob\"");
};

// The client's order

TEST_F(client_requests, puts_several_messages_of_a_client_to_the_host_together) {
    for (const char* text : {"1", "2", "3"}) alice.says(std::string("say lobby ") + text);

    EXPECT_EQ(asked(), (texts{said("1"), said("2"), said("3")}));
    EXPECT_EQ(shard.host->batches(), std::vector<std::size_t>{3});
}

TEST_F(client_requests, carries_decisions_out_in_the_clients_order) {
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

TEST_F(client_requests, lets_a_join_behind_a_message_wait_for_it) {
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

TEST_F(client_requests, lets_a_leave_behind_a_message_wait_for_it) {
    alice.says("join lobby");
    alice.says("say lobby last words");
    alice.says("leave #1 lobby");
    EXPECT_EQ(heard(alice), texts{"joined lobby"});

    shard.decide(allow{});

    EXPECT_EQ(heard(alice), (texts{said("last words"), "left #1 lobby"}));
}

TEST_F(client_requests, asks_about_messages_behind_a_join_once_the_bus_has_confirmed) {
    shard.bus.confirms_at_once = false;
    alice.says("join lobby");
    alice.says("say lobby hi");
    EXPECT_EQ(asked(), texts{});

    shard.bus.confirm_one();

    EXPECT_EQ(asked(), texts{said("hi")});
    EXPECT_EQ(heard(alice), texts{"joined lobby"});
}

TEST_F(client_requests, answers_a_faulty_request_in_its_turn) {
    alice.says("say #1 lobby hi");
    alice.says("dance #2 lobby");
    alice.says("ping #3");
    EXPECT_EQ(heard(alice), texts{});

    shard.decide(allow{});

    EXPECT_EQ(heard(alice), (texts{"ack #1", "error #2 lobby unknown_type no such request", "pong #3"}));
}

TEST_F(client_requests, lets_other_clients_overtake) {
    alice.says("say #1 lobby slow");
    bob.says("say #1 lobby quick");
    bob.says("join cellar");
    shard.turn();

    shard.decide(1, allow{});

    EXPECT_EQ(heard(bob), (texts{"ack #1", "joined cellar"}));
    EXPECT_EQ(shard.bus.published(), texts{said("quick", "\"bob\"")});
    EXPECT_EQ(heard(alice), texts{});
}

TEST_F(client_requests, stops_reading_when_as_many_messages_are_at_the_hook_as_may) {
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

TEST_F(client_requests, reads_on_when_the_decisions_have_come) {
    for (const char* text : {"1", "2", "3", "4"}) alice.says(std::string("say #") + text + " lobby " + text);
    shard.turn();

    for (int i = 0; i < 4; ++i) shard.decide(3 - i, allow{});

    EXPECT_FALSE(alice.link().is_paused());
    EXPECT_EQ(heard(alice), (texts{"ack #1", "ack #2", "ack #3", "ack #4"}));
}

// Clients that go

TEST_F(client_requests, publishes_what_was_sent_before_the_client_went) {
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

TEST_F(client_requests, does_not_publish_what_is_refused_though_the_client_went) {
    alice.says("say #1 lobby 1");
    alice.ends();
    shard.turn();

    shard.decide(refuse{});

    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST_F(client_requests, forgets_a_client_that_went_when_its_last_request_has_ended) {
    alice.says("say #1 lobby 1");
    bob.ends();
    alice.ends();
    shard.turn();
    EXPECT_TRUE(shard.core.has_clients());

    shard.wait(5s);

    EXPECT_FALSE(shard.core.has_clients());
    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST_F(client_requests, sends_nothing_to_a_client_that_went_and_waits) {
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

TEST_F(client_requests, drops_what_waits_of_a_client_that_the_server_ends) {
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
