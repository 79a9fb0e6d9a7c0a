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
        shard_.turn();
        return peer.heard();
    }
    texts asked() {
        shard_.turn();
        return shard_.host->asked();
    }

    test_shard shard_{{.has_on_message = true}};
    fake_peer& alice_ = shard_.open();
    fake_peer& bob_ = shard_.open(codec_kind::classic, "\"bob\"");
};

// The client's order

TEST_F(client_requests, puts_several_messages_of_a_client_to_the_host_together) {
    for (const char* text : {"1", "2", "3"}) alice_.says(std::string("say lobby ") + text);

    EXPECT_EQ(asked(), (texts{said("1"), said("2"), said("3")}));
    EXPECT_EQ(shard_.host->batches(), std::vector<std::size_t>{3});
}

TEST_F(client_requests, carries_decisions_out_in_the_clients_order) {
    alice_.says("join lobby");
    for (const char* text : {"1", "2", "3"}) alice_.says(std::string("say #") + text + " lobby " + text);
    shard_.turn();
    static_cast<void>(alice_.heard());

    shard_.decide(2, allow{});
    shard_.decide(1, drop{});
    EXPECT_EQ(shard_.bus.published(), texts{});
    EXPECT_EQ(heard(alice_), texts{});
    shard_.decide(0, allow{});

    EXPECT_EQ(shard_.bus.published(), (texts{said("1"), said("3")}));
    EXPECT_EQ(heard(alice_), (texts{"ack #1", "ack #2 dropped", "ack #3", said("1"), said("3")}));
}

TEST_F(client_requests, lets_a_join_behind_a_message_wait_for_it) {
    alice_.says("say #1 lobby before");
    alice_.says("join #2 lobby");
    alice_.says("say #3 lobby after");
    EXPECT_EQ(asked(), texts{said("before")});
    EXPECT_EQ(shard_.bus.calls(), texts{});

    shard_.decide(allow{});
    EXPECT_EQ(heard(alice_), (texts{"ack #1", "joined #2 lobby"}));
    EXPECT_EQ(asked(), texts{said("after")});
    shard_.decide(allow{});

    EXPECT_EQ(heard(alice_), (texts{"ack #3", said("after")}));
}

TEST_F(client_requests, lets_a_leave_behind_a_message_wait_for_it) {
    alice_.says("join lobby");
    alice_.says("say lobby last words");
    alice_.says("leave #1 lobby");
    EXPECT_EQ(heard(alice_), texts{"joined lobby"});

    shard_.decide(allow{});

    EXPECT_EQ(heard(alice_), (texts{said("last words"), "left #1 lobby"}));
}

TEST_F(client_requests, asks_about_messages_behind_a_join_once_the_bus_has_confirmed) {
    shard_.bus.confirms_at_once = false;
    alice_.says("join lobby");
    alice_.says("say lobby hi");
    EXPECT_EQ(asked(), texts{});

    shard_.bus.confirm_one();

    EXPECT_EQ(asked(), texts{said("hi")});
    EXPECT_EQ(heard(alice_), texts{"joined lobby"});
}

TEST_F(client_requests, answers_a_faulty_request_in_its_turn) {
    alice_.says("say #1 lobby hi");
    alice_.says("dance #2 lobby");
    alice_.says("ping #3");
    EXPECT_EQ(heard(alice_), texts{});

    shard_.decide(allow{});

    EXPECT_EQ(heard(alice_), (texts{"ack #1", "error #2 lobby unknown_type no such request", "pong #3"}));
}

TEST_F(client_requests, lets_other_clients_overtake) {
    alice_.says("say #1 lobby slow");
    bob_.says("say #1 lobby quick");
    bob_.says("join cellar");
    shard_.turn();

    shard_.decide(1, allow{});

    EXPECT_EQ(heard(bob_), (texts{"ack #1", "joined cellar"}));
    EXPECT_EQ(shard_.bus.published(), texts{said("quick", "\"bob\"")});
    EXPECT_EQ(heard(alice_), texts{});
}

TEST_F(client_requests, stops_reading_when_as_many_messages_are_at_the_hook_as_may) {
    for (const char* text : {"1", "2", "3"}) alice_.says(std::string("say #") + text + " lobby " + text);
    EXPECT_FALSE(alice_.link().is_paused());
    alice_.says("say #4 lobby 4");
    EXPECT_TRUE(alice_.link().is_paused());
    alice_.says("say #5 lobby 5");
    EXPECT_EQ(asked().size(), 4U);

    shard_.decide(0, allow{});

    EXPECT_EQ(asked(), (texts{said("2"), said("3"), said("4"), said("5")}));
    EXPECT_EQ(heard(alice_), texts{"ack #1"});
    EXPECT_TRUE(alice_.link().is_paused());
}

TEST_F(client_requests, reads_on_when_the_decisions_have_come) {
    for (const char* text : {"1", "2", "3", "4"}) alice_.says(std::string("say #") + text + " lobby " + text);
    shard_.turn();

    for (int i = 0; i < 4; ++i) shard_.decide(3 - i, allow{});

    EXPECT_FALSE(alice_.link().is_paused());
    EXPECT_EQ(heard(alice_), (texts{"ack #1", "ack #2", "ack #3", "ack #4"}));
}

// Clients that go

TEST_F(client_requests, publishes_what_was_sent_before_the_client_went) {
    alice_.says("say #1 lobby 1");
    alice_.says("join lobby");
    alice_.says("say #2 lobby 2");
    alice_.ends();
    EXPECT_EQ(shard_.core.counted().connections.value(), 1U);

    shard_.turn();
    shard_.decide(allow{});
    EXPECT_EQ(asked(), texts{said("2")});
    shard_.decide(allow{});

    EXPECT_EQ(shard_.bus.published(), (texts{said("1"), said("2")}));
    EXPECT_EQ(shard_.bus.calls(), texts{}) << "who has gone joins nothing";
    EXPECT_FALSE(shard_.core.has_clients() && !bob_.is_connected());
}

TEST_F(client_requests, does_not_publish_what_is_refused_though_the_client_went) {
    alice_.says("say #1 lobby 1");
    alice_.ends();
    shard_.turn();

    shard_.decide(refuse{});

    EXPECT_EQ(shard_.bus.published(), texts{});
}

TEST_F(client_requests, forgets_a_client_that_went_when_its_last_request_has_ended) {
    alice_.says("say #1 lobby 1");
    bob_.ends();
    alice_.ends();
    shard_.turn();
    EXPECT_TRUE(shard_.core.has_clients());

    shard_.wait(5s);

    EXPECT_FALSE(shard_.core.has_clients());
    EXPECT_EQ(shard_.bus.published(), texts{});
}

TEST_F(client_requests, sends_nothing_to_a_client_that_went_and_waits) {
    alice_.says("join lobby");
    alice_.says("say #1 lobby 1");
    alice_.ends();
    shard_.turn();
    static_cast<void>(alice_.heard());

    shard_.bus.deliver("lobby", "hi");
    shard_.bus.deliver("", "hi");
    EXPECT_EQ(shard_.core.send(alice_.id(), "1"), send_result::client_gone);
    shard_.core.abort_all();
    shard_.turn();

    EXPECT_EQ(alice_.link().aborts(), 0U);
    EXPECT_EQ(heard(alice_), texts{});
}

TEST_F(client_requests, drops_what_waits_of_a_client_that_the_server_ends) {
    alice_.says("say #1 lobby 1");
    alice_.says("ping");
    shard_.turn();

    shard_.core.drain(0s);
    shard_.turn();

    EXPECT_EQ(alice_.link().closed(), close_code::going_away);
    EXPECT_EQ(alice_.heard().size(), 2U) << "the message was denied, and the ping behind it answered";
    alice_.ends();
    bob_.ends();
    EXPECT_FALSE(shard_.core.has_clients());
}

}  // namespace
}  // namespace fanwire
