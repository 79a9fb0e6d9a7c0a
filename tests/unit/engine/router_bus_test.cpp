#include "engine/router.hpp"
#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace fanwire {
namespace {

using test::fake_peer;
using test::said;
using test::test_shard;
using test::texts;

/// A shard whose bus confirms subscriptions when the test says so.
class router_bus : public ::testing::Test {
protected:
    router_bus() { shard_.bus.confirms_at_once = false; }

    void confirm(bool local = false) {
        ASSERT_TRUE(shard_.bus.confirm_one(local)) << "nothing is unconfirmed";
        shard_.turn();
    }
    texts heard(fake_peer& peer) {
        shard_.turn();
        return peer.heard();
    }

    test_shard shard_;
    fake_peer& alice_ = shard_.open();
    fake_peer& bob_ = shard_.open();
};

TEST_F(router_bus, says_joined_when_the_subscription_is_confirmed) {
    alice_.says("join #1 lobby");
    EXPECT_EQ(heard(alice_), texts{});

    confirm();

    EXPECT_EQ(heard(alice_), texts{"joined #1 lobby"});
}

TEST_F(router_bus, says_joined_of_a_pattern_when_its_subscription_is_confirmed) {
    alice_.says("watch #1 a:*");
    EXPECT_EQ(heard(alice_), texts{});

    confirm();

    EXPECT_EQ(heard(alice_), texts{"joined #1 a:*"});
}

TEST_F(router_bus, lets_others_who_join_meanwhile_wait_too) {
    alice_.says("join lobby");
    bob_.says("join lobby");
    EXPECT_EQ(heard(bob_), texts{});
    EXPECT_EQ(shard_.bus.calls(), texts{"subscribe lobby"});

    confirm();

    EXPECT_EQ(heard(alice_), texts{"joined lobby"});
    EXPECT_EQ(heard(bob_), texts{"joined lobby"});
}

TEST_F(router_bus, lets_those_in_who_join_after_the_confirmation) {
    alice_.says("join lobby");
    confirm();

    bob_.says("join lobby");

    EXPECT_EQ(heard(bob_), texts{"joined lobby"});
}

TEST_F(router_bus, carries_out_what_stands_behind_a_join_after_it) {
    for (const char* request : {"join lobby", "say #1 lobby hi", "ping", "join cellar"}) alice_.says(request);
    EXPECT_EQ(heard(alice_), texts{});
    EXPECT_EQ(shard_.bus.published(), texts{});

    confirm();
    EXPECT_EQ(heard(alice_), (texts{"joined lobby", "ack #1", "pong", said("hi")}));
    confirm();

    EXPECT_EQ(heard(alice_), texts{"joined cellar"});
}

TEST_F(router_bus, lets_other_clients_go_on_meanwhile) {
    alice_.says("join lobby");

    bob_.says("ping");
    bob_.says("say #1 lobby hi");

    EXPECT_EQ(heard(bob_), (texts{"pong", "ack #1"}));
}

TEST_F(router_bus, reads_on_until_as_many_requests_wait_as_may) {
    alice_.says("join lobby");
    for (int i = 0; i < 3; ++i) alice_.says("ping");
    EXPECT_TRUE(alice_.link().is_paused());
    alice_.says("ping #5");
    EXPECT_EQ(alice_.unread(), 1U);

    confirm();

    EXPECT_FALSE(alice_.link().is_paused());
    EXPECT_EQ(heard(alice_), (texts{"joined lobby", "pong", "pong", "pong", "pong #5"}));
}

TEST_F(router_bus, says_that_a_join_is_local) {
    alice_.says("join #1 lobby");

    confirm(true);

    EXPECT_EQ(heard(alice_), texts{"joined #1 lobby local"});
}

TEST_F(router_bus, says_that_a_join_is_local_though_the_bus_answers_at_once) {
    shard_.bus.confirms_at_once = true;
    shard_.bus.is_local = true;

    alice_.says("join #1 lobby");
    alice_.says("ping");

    EXPECT_EQ(heard(alice_), (texts{"joined #1 lobby local", "pong"}));
}

TEST_F(router_bus, brings_a_waiting_client_nothing_before_it_has_joined) {
    bob_.says("watch **");
    confirm();
    static_cast<void>(bob_.heard());

    alice_.says("join lobby");
    shard_.bus.deliver("lobby", "early");
    EXPECT_EQ(heard(alice_), texts{});
    EXPECT_EQ(heard(bob_), texts{"early"});
    confirm();
    shard_.bus.deliver("lobby", "in time");

    EXPECT_EQ(heard(alice_), (texts{"joined lobby", "in time"}));
}

TEST_F(router_bus, brings_a_client_nothing_of_a_subscription_that_has_ended) {
    alice_.says("join lobby");
    confirm();
    alice_.says("leave lobby");
    static_cast<void>(heard(alice_));

    alice_.says("join lobby");
    shard_.bus.deliver("lobby", "of the old one");
    confirm();
    shard_.bus.deliver("lobby", "of the new one");

    EXPECT_EQ(heard(alice_), (texts{"joined lobby", "of the new one"}));
    EXPECT_EQ(shard_.bus.calls(), (texts{"subscribe lobby", "unsubscribe lobby", "subscribe lobby"}));
}

TEST_F(router_bus, gathers_what_came_before_a_join_for_the_others_only) {
    bob_.says("watch **");
    confirm();
    static_cast<void>(bob_.heard());
    alice_.says("join lobby");

    shard_.bus.deliver("lobby", "early");
    shard_.bus.confirm_one();
    shard_.bus.deliver("lobby", "in time");

    EXPECT_EQ(heard(alice_), (texts{"joined lobby", "in time"}));
    EXPECT_EQ(heard(bob_), (texts{"early", "in time"}));
}

TEST_F(router_bus, lets_a_leave_behind_a_waiting_join_wait_too) {
    alice_.says("join lobby");
    alice_.says("leave #1 lobby");
    EXPECT_EQ(shard_.bus.calls(), texts{"subscribe lobby"});

    confirm();

    EXPECT_EQ(heard(alice_), (texts{"joined lobby", "left #1 lobby"}));
    EXPECT_EQ(shard_.bus.calls(), texts{"unsubscribe lobby"});
}

TEST_F(router_bus, ends_a_subscription_whose_client_has_gone_before_the_confirmation) {
    alice_.says("join lobby");
    alice_.ends();
    EXPECT_EQ(shard_.core.counted().rooms.value(), 0U);

    confirm();

    EXPECT_EQ(shard_.bus.calls(), (texts{"subscribe lobby", "unsubscribe lobby"}));
    EXPECT_TRUE(shard_.bus.confirmed().empty());
}

TEST_F(router_bus, keeps_a_subscription_that_somebody_else_waits_for) {
    alice_.says("join lobby");
    bob_.says("join lobby");
    alice_.ends();

    confirm();

    EXPECT_EQ(heard(bob_), texts{"joined lobby"});
    EXPECT_EQ(shard_.bus.calls(), texts{"subscribe lobby"});
}

TEST_F(router_bus, lets_nobody_in_on_a_confirmation_that_was_meant_for_a_client_before) {
    alice_.says("join lobby");
    alice_.ends();
    bob_.says("join lobby");
    EXPECT_EQ(heard(bob_), texts{});

    shard_.bus.confirm_all();

    EXPECT_EQ(heard(bob_), texts{"joined lobby"});
    EXPECT_EQ(shard_.bus.confirmed(), (std::vector<subscription>{{"lobby", false}}));
    bob_.says("say lobby hi");
    EXPECT_EQ(heard(bob_), texts{said("hi")});
}

TEST_F(router_bus, does_not_take_another_client_for_the_one_that_waited_in_its_slot) {
    alice_.says("join lobby");
    alice_.ends();
    fake_peer& carol = shard_.open();

    confirm();
    shard_.bus.deliver("lobby", "hi");

    EXPECT_EQ(heard(carol), texts{});
    EXPECT_EQ(shard_.core.counted().rooms.value(), 0U);
}

TEST_F(router_bus, publishes_what_a_client_sent_behind_a_waiting_join_before_it_went) {
    alice_.says("join lobby");
    alice_.says("say lobby hi");
    alice_.ends();

    confirm();

    EXPECT_EQ(shard_.bus.published(), texts{said("hi")});
    EXPECT_EQ(shard_.bus.calls(), (texts{"subscribe lobby", "unsubscribe lobby"}));
    EXPECT_EQ(shard_.core.counted().connections.value(), 1U);
}

}  // namespace
}  // namespace fanwire
