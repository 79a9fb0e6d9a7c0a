#include "engine/router.hpp"
#include "support/test_shard.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

using test::fake_peer;
using test::test_shard;
using test::texts;

/// A shard whose bus cannot hear other instances for a while.
class router_outage : public ::testing::Test {
protected:
    texts heard(fake_peer& peer) {
        shard.turn();
        return peer.heard();
    }

    test_shard shard;
    fake_peer& classic = shard.open(codec_kind::classic);
    fake_peer& v1 = shard.open(codec_kind::v1);
};

TEST_F(router_outage, says_that_joins_are_local_whether_or_not_anybody_is_there) {
    classic.says("join old");
    static_cast<void>(heard(classic));
    shard.bus.lose();

    v1.says("join #1 new");
    v1.says("join #2 old");

    EXPECT_EQ(heard(v1), (texts{"joined #1 new local", "joined #2 old local"}));
}

TEST_F(router_outage, says_joined_again_when_it_is_true_everywhere) {
    shard.bus.lose();
    for (fake_peer* peer : {&classic, &v1}) {
        peer->says("join #1 lobby");
        peer->says("watch a:*");
        static_cast<void>(heard(*peer));
    }

    shard.bus.restore(0);
    EXPECT_EQ(heard(v1), (texts{"joined a:*", "joined lobby"}));
    EXPECT_EQ(heard(classic), texts{}) << "it is told of a join once";
    shard.bus.restore(0);

    EXPECT_EQ(heard(v1), texts{});
}

TEST_F(router_outage, says_joined_once_of_a_join_after_the_outage) {
    shard.bus.lose();
    shard.bus.restore(0);

    v1.says("join lobby");

    EXPECT_EQ(heard(v1), texts{"joined lobby"});
}

TEST_F(router_outage, does_not_say_joined_again_of_what_was_left) {
    shard.bus.lose();
    v1.says("join lobby");
    v1.says("join cellar");
    v1.says("leave lobby");
    static_cast<void>(heard(v1));

    shard.bus.restore(0);

    EXPECT_EQ(heard(v1), texts{"joined cellar"});
}

TEST_F(router_outage, does_not_say_joined_again_to_another_client_in_the_same_slot) {
    shard.bus.lose();
    v1.says("join lobby");
    v1.ends();
    fake_peer& next = shard.open(codec_kind::v1);

    shard.bus.restore(1'000);

    EXPECT_EQ(heard(next), texts{});
}

TEST_F(router_outage, tells_members_where_messages_may_be_missing) {
    v1.says("join lobby");
    v1.says("watch a:*");
    classic.says("join lobby");
    static_cast<void>(heard(v1));
    static_cast<void>(heard(classic));
    shard.bus.lose();

    shard.bus.restore(777);

    EXPECT_EQ(heard(v1), (texts{"gap lobby 777", "gap a:* 777"}));
    EXPECT_EQ(heard(classic), texts{});
}

TEST_F(router_outage, tells_classic_clients_that_asked_for_it) {
    classic.says("join lobby since");
    classic.says("join cellar");
    static_cast<void>(heard(classic));
    shard.bus.lose();

    shard.bus.restore(777);

    EXPECT_EQ(heard(classic), texts{"gap lobby 777"});
}

TEST_F(router_outage, tells_classic_clients_that_asked_for_it_though_their_join_waited) {
    shard.bus.confirms_at_once = false;
    classic.says("join lobby since");
    shard.bus.confirm_one();
    static_cast<void>(heard(classic));
    shard.bus.lose();

    shard.bus.restore(777);

    EXPECT_EQ(heard(classic), texts{"gap lobby 777"});
}

TEST_F(router_outage, tells_of_no_gap_where_nothing_is_missing) {
    v1.says("join lobby");
    static_cast<void>(heard(v1));
    shard.bus.lose();

    shard.bus.restore(0);

    EXPECT_EQ(heard(v1), texts{});
}

TEST_F(router_outage, tells_a_member_of_a_gap_though_it_joined_again_meanwhile) {
    v1.says("join #1 lobby");
    shard.bus.lose();
    v1.says("join #2 lobby");
    EXPECT_EQ(heard(v1), (texts{"joined #1 lobby", "joined #2 lobby local"}));

    shard.bus.restore(777);

    EXPECT_EQ(heard(v1), (texts{"gap lobby 777", "joined lobby"}));
}

TEST_F(router_outage, tells_of_no_gap_to_who_joined_as_local_twice) {
    shard.bus.lose();
    v1.says("join #1 lobby");
    v1.says("join #2 lobby");
    static_cast<void>(heard(v1));

    shard.bus.restore(777);

    EXPECT_EQ(heard(v1), texts{"joined lobby"});
}

TEST_F(router_outage, tells_of_no_gap_to_who_joined_as_local) {
    shard.bus.lose();
    v1.says("join lobby");
    static_cast<void>(heard(v1));

    shard.bus.restore(777);

    EXPECT_EQ(heard(v1), texts{"joined lobby"});
}

}  // namespace
}  // namespace fanwire
