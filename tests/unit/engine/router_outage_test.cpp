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
        shard_.turn();
        return peer.heard();
    }

    test_shard shard_;
    fake_peer& classic_ = shard_.open(codec_kind::classic);
    fake_peer& v1_ = shard_.open(codec_kind::v1);
};

TEST_F(router_outage, says_that_joins_are_local_whether_or_not_anybody_is_there) {
    classic_.says("join old");
    static_cast<void>(heard(classic_));
    shard_.bus.lose();

    v1_.says("join #1 new");
    v1_.says("join #2 old");

    EXPECT_EQ(heard(v1_), (texts{"joined #1 new local", "joined #2 old local"}));
}

TEST_F(router_outage, says_joined_again_when_it_is_true_everywhere) {
    shard_.bus.lose();
    for (fake_peer* peer : {&classic_, &v1_}) {
        peer->says("join #1 lobby");
        peer->says("watch a:*");
        static_cast<void>(heard(*peer));
    }

    shard_.bus.restore(0);
    EXPECT_EQ(heard(v1_), (texts{"joined a:*", "joined lobby"}));
    EXPECT_EQ(heard(classic_), texts{}) << "it is told of a join once";
    shard_.bus.restore(0);

    EXPECT_EQ(heard(v1_), texts{});
}

TEST_F(router_outage, says_joined_once_of_a_join_after_the_outage) {
    shard_.bus.lose();
    shard_.bus.restore(0);

    v1_.says("join lobby");

    EXPECT_EQ(heard(v1_), texts{"joined lobby"});
}

TEST_F(router_outage, does_not_say_joined_again_of_what_was_left) {
    shard_.bus.lose();
    v1_.says("join lobby");
    v1_.says("join cellar");
    v1_.says("leave lobby");
    static_cast<void>(heard(v1_));

    shard_.bus.restore(0);

    EXPECT_EQ(heard(v1_), texts{"joined cellar"});
}

TEST_F(router_outage, does_not_say_joined_again_to_another_client_in_the_same_slot) {
    shard_.bus.lose();
    v1_.says("join lobby");
    v1_.ends();
    fake_peer& next = shard_.open(codec_kind::v1);

    shard_.bus.restore(1'000);

    EXPECT_EQ(heard(next), texts{});
}

TEST_F(router_outage, tells_members_where_messages_may_be_missing) {
    v1_.says("join lobby");
    v1_.says("watch a:*");
    classic_.says("join lobby");
    static_cast<void>(heard(v1_));
    static_cast<void>(heard(classic_));
    shard_.bus.lose();

    shard_.bus.restore(777);

    EXPECT_EQ(heard(v1_), (texts{"gap lobby 777", "gap a:* 777"}));
    EXPECT_EQ(heard(classic_), texts{});
}

TEST_F(router_outage, tells_classic_clients_that_asked_for_it) {
    classic_.says("join lobby since");
    classic_.says("join cellar");
    static_cast<void>(heard(classic_));
    shard_.bus.lose();

    shard_.bus.restore(777);

    EXPECT_EQ(heard(classic_), texts{"gap lobby 777"});
}

TEST_F(router_outage, tells_classic_clients_that_asked_for_it_though_their_join_waited) {
    shard_.bus.confirms_at_once = false;
    classic_.says("join lobby since");
    shard_.bus.confirm_one();
    static_cast<void>(heard(classic_));
    shard_.bus.lose();

    shard_.bus.restore(777);

    EXPECT_EQ(heard(classic_), texts{"gap lobby 777"});
}

TEST_F(router_outage, tells_of_no_gap_where_nothing_is_missing) {
    v1_.says("join lobby");
    static_cast<void>(heard(v1_));
    shard_.bus.lose();

    shard_.bus.restore(0);

    EXPECT_EQ(heard(v1_), texts{});
}

TEST_F(router_outage, tells_a_member_of_a_gap_though_it_joined_again_meanwhile) {
    v1_.says("join #1 lobby");
    shard_.bus.lose();
    v1_.says("join #2 lobby");
    EXPECT_EQ(heard(v1_), (texts{"joined #1 lobby", "joined #2 lobby local"}));

    shard_.bus.restore(777);

    EXPECT_EQ(heard(v1_), (texts{"gap lobby 777", "joined lobby"}));
}

TEST_F(router_outage, tells_of_no_gap_to_who_joined_as_local_twice) {
    shard_.bus.lose();
    v1_.says("join #1 lobby");
    v1_.says("join #2 lobby");
    static_cast<void>(heard(v1_));

    shard_.bus.restore(777);

    EXPECT_EQ(heard(v1_), texts{"joined lobby"});
}

TEST_F(router_outage, tells_of_no_gap_to_who_joined_as_local) {
    shard_.bus.lose();
    v1_.says("join lobby");
    static_cast<void>(heard(v1_));

    shard_.bus.restore(777);

    EXPECT_EQ(heard(v1_), texts{"joined lobby"});
}

}  // namespace
}  // namespace fanwire
