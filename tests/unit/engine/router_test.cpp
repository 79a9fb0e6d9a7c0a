#include "engine/router.hpp"

#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {
namespace {

using test::fake_peer;
using test::said;
using test::test_shard;
using test::texts;

/// What a peer heard in this turn and those that follow from it.
texts heard(test_shard& shard, fake_peer& peer) {
    shard.turn();
    return peer.heard();
}

// Rooms

TEST(router, lets_a_client_into_a_room_and_out_again) {
    test_shard shard;
    fake_peer& alice = shard.open();

    alice.says("join #1 lobby");
    EXPECT_EQ(heard(shard, alice), texts{"joined #1 lobby"});
    alice.says("leave #2 lobby");
    EXPECT_EQ(heard(shard, alice), texts{"left #2 lobby"});

    EXPECT_EQ(shard.bus.calls(), (texts{"subscribe lobby", "unsubscribe lobby"}));
}

TEST(router, subscribes_for_the_first_member_and_until_after_the_last) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    alice.says("join lobby");
    bob.says("join lobby");
    EXPECT_EQ(shard.bus.calls(), texts{"subscribe lobby"});
    alice.says("leave lobby");
    EXPECT_EQ(shard.bus.calls(), texts{});
    bob.ends();

    EXPECT_EQ(shard.bus.calls(), texts{"unsubscribe lobby"});
}

TEST(router, takes_joining_twice_for_joining_once) {
    test_shard shard;
    fake_peer& alice = shard.open();
    alice.says("join lobby");
    alice.says("join #2 lobby");
    EXPECT_EQ(heard(shard, alice), (texts{"joined lobby", "joined #2 lobby"}));
    EXPECT_EQ(shard.bus.calls(), texts{"subscribe lobby"});

    alice.says("say lobby hi");
    EXPECT_EQ(heard(shard, alice), texts{said("hi")});
    alice.says("leave lobby");

    EXPECT_EQ(shard.bus.calls(), texts{"unsubscribe lobby"});
}

TEST(router, takes_leaving_a_room_one_is_not_in_for_no_error) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    bob.says("join lobby");
    static_cast<void>(shard.bus.calls());

    alice.says("leave #1 lobby");
    alice.says("leave #2 nowhere");

    EXPECT_EQ(heard(shard, alice), (texts{"left #1 lobby", "left #2 nowhere"}));
    EXPECT_EQ(shard.bus.calls(), texts{});
    bob.says("say lobby hi");
    EXPECT_EQ(heard(shard, bob), (texts{"joined lobby", said("hi")}));
}

TEST(router, leaves_it_to_the_codec_what_needs_no_answer) {
    test_shard shard;
    fake_peer& classic = shard.open(codec_kind::classic);
    fake_peer& v1 = shard.open(codec_kind::v1);

    for (fake_peer* peer : {&classic, &v1}) {
        peer->says("leave lobby");
        peer->says("say lobby hi");
    }

    EXPECT_EQ(heard(shard, classic), texts{});
    EXPECT_EQ(heard(shard, v1), texts{"left lobby"});
}

TEST(router, answers_pings_and_what_it_cannot_understand) {
    test_shard shard;
    fake_peer& alice = shard.open();

    alice.says("ping #1");
    alice.says("ping");
    alice.says("dance #2 lobby");
    alice.says("join #3");

    EXPECT_EQ(heard(shard, alice), (texts{"pong #1", "pong", "error #2 lobby unknown_type no such request",
                                          "error #3 bad_room no room"}));
    EXPECT_EQ(shard.core.counted().errors.value(), 2U);
    EXPECT_EQ(shard.core.counted().messages_in.value(), 4U);
}

TEST(router, counts_rooms_and_members_without_the_broadcasts) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    alice.says("join lobby");
    alice.says("watch a:*");
    bob.says("join lobby");

    EXPECT_EQ(shard.core.counted().rooms.value(), 2U);
    EXPECT_EQ(shard.core.counted().members.value(), 3U);
    EXPECT_EQ(shard.core.counted().connections.value(), 2U);
    alice.ends();
    EXPECT_EQ(shard.core.counted().rooms.value(), 1U);
    EXPECT_EQ(shard.core.counted().members.value(), 1U);
    bob.ends();

    EXPECT_EQ(shard.core.counted().rooms.value(), 0U);
    EXPECT_EQ(shard.core.counted().members.value(), 0U);
    EXPECT_EQ(shard.core.counted().connections.value(), 0U);
    EXPECT_EQ(shard.core.counted().connections_total.value(), 2U);
}

// Messages

TEST(router, brings_a_message_to_the_rooms_members_only) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    fake_peer& carol = shard.open();
    alice.says("join lobby");
    bob.says("join cellar");
    shard.turn();
    static_cast<void>(alice.heard());
    static_cast<void>(bob.heard());

    carol.says("say lobby hi");

    EXPECT_EQ(heard(shard, alice), texts{said("hi")});
    EXPECT_EQ(heard(shard, bob), texts{});
    EXPECT_EQ(heard(shard, carol), texts{});
}

TEST(router, brings_a_message_without_a_room_to_everybody) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open(codec_kind::v1);
    alice.says("watch **");
    shard.turn();
    static_cast<void>(alice.heard());

    alice.says("shout hi");

    EXPECT_EQ(heard(shard, alice), texts{said("hi")});
    EXPECT_EQ(heard(shard, bob), texts{"|" + said("hi")});
}

TEST(router, acknowledges_a_message_that_has_an_id) {
    test_shard shard;
    fake_peer& alice = shard.open();

    alice.says("say #1 lobby hi");
    alice.says("shout #2 hi");
    alice.says("say lobby hi");

    EXPECT_EQ(heard(shard, alice), (texts{"ack #1", "ack #2", said("hi")}));
}

TEST(router, acknowledges_once_the_bus_has_accepted) {
    test_shard shard;
    shard.bus.answers_at_once = false;
    fake_peer& alice = shard.open();
    alice.says("say #1 lobby one");
    alice.says("say #2 lobby two");
    EXPECT_EQ(heard(shard, alice), texts{});

    shard.bus.answer_one({}, {.local = true, .dropped = false});
    EXPECT_EQ(heard(shard, alice), texts{"ack #1 local"});
    shard.bus.answer_one(errc::uncertain);

    EXPECT_EQ(heard(shard, alice), texts{"error #2 lobby uncertain"});
}

TEST(router, tells_of_a_publish_that_failed_though_it_had_no_id) {
    test_shard shard;
    shard.bus.failure = errc::unavailable;
    fake_peer& alice = shard.open();

    alice.says("say lobby hi");

    EXPECT_EQ(heard(shard, alice), texts{"error lobby unavailable"});
    EXPECT_EQ(shard.core.counted().errors.value(), 1U);
}

TEST(router, ignores_the_answer_to_a_publisher_that_has_gone) {
    test_shard shard;
    shard.bus.answers_at_once = false;
    fake_peer& alice = shard.open();
    alice.says("say #1 lobby one");
    alice.ends();
    fake_peer& bob = shard.open();

    shard.bus.answer_one();

    EXPECT_EQ(heard(shard, bob), texts{});
}

TEST(router, keeps_the_clients_user_where_the_host_has_set_none) {
    test_shard shard;
    fake_peer& alice = shard.open();

    alice.says("say lobby user=\"alice\" hi");

    EXPECT_EQ(shard.bus.published(), texts{said("hi", "\"alice\"")});
}

TEST(router, does_not_let_a_client_forge_the_user_that_the_host_has_set) {
    test_shard shard;
    fake_peer& alice = shard.open(codec_kind::classic, "\"alice\"");

    alice.says("say lobby user=\"bob\" hi");
    alice.says("shout hi");

    EXPECT_EQ(shard.bus.published(), (texts{said("hi", "\"alice\""), said("hi", "\"alice\"")}));
}

// What comes before what

TEST(router, lets_a_message_behind_a_join_find_its_sender_in_the_room) {
    test_shard shard;
    fake_peer& alice = shard.open();

    alice.says("join lobby");
    alice.says("say lobby hi");

    EXPECT_EQ(heard(shard, alice), (texts{"joined lobby", said("hi")}));
}

TEST(router, says_joined_before_the_rooms_first_message_and_left_behind_its_last) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    alice.says("join lobby");

    alice.says("say lobby before");
    bob.says("join lobby");
    alice.says("say lobby while");
    bob.says("leave #1 lobby");
    alice.says("say lobby after");

    EXPECT_EQ(heard(shard, bob), (texts{"joined lobby", said("while"), "left #1 lobby"}));
    EXPECT_EQ(heard(shard, alice), (texts{"joined lobby", said("before"), said("while"), said("after")}));
}

TEST(router, says_joined_and_left_of_patterns_in_their_places_too) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    alice.says("join a:1");

    alice.says("say a:1 before");
    bob.says("watch a:*");
    alice.says("say a:1 while");
    bob.says("unwatch #1 a:*");
    alice.says("say a:1 after");

    EXPECT_EQ(heard(shard, bob), (texts{"joined a:*", said("while"), "left #1 a:*"}));
}

TEST(router, lets_a_client_in_and_out_many_times_in_one_turn) {
    test_shard shard;
    fake_peer& alice = shard.open();

    for (const char* text : {"one", "two"}) {
        alice.says("join lobby");
        alice.says(std::string("say lobby ") + text);
        alice.says("leave #1 lobby");
        alice.says("say lobby lost");
    }

    EXPECT_EQ(heard(shard, alice), (texts{"joined lobby", said("one"), "left #1 lobby", "joined lobby",
                                          said("two"), "left #1 lobby"}));
}

TEST(router, gives_a_client_that_leaves_by_closing_nothing_more_and_the_others_everything) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    alice.says("join lobby");
    bob.says("join lobby");
    shard.turn();
    static_cast<void>(alice.heard());

    alice.says("say lobby one");
    bob.ends();
    alice.says("say lobby two");

    EXPECT_EQ(heard(shard, alice), (texts{said("one"), said("two")}));
}

// Patterns

TEST(router, brings_the_messages_of_all_rooms_that_a_pattern_matches) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    alice.says("watch #1 chat:*");
    EXPECT_EQ(heard(shard, alice), texts{"joined #1 chat:*"});
    EXPECT_EQ(shard.bus.calls(), texts{"psubscribe chat:*"});

    bob.says("say chat:a 1");
    bob.says("say chat:b 2");
    bob.says("say chat 3");
    bob.says("say chat:a:b 4");

    EXPECT_EQ(heard(shard, alice), (texts{said("1"), said("2")}));
}

TEST(router, brings_one_copy_however_many_subscriptions_match) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    for (const char* request : {"join a:b", "watch a:*", "watch *:b", "watch **"}) alice.says(request);
    bob.says("watch a:**");
    shard.turn();
    static_cast<void>(alice.heard());
    static_cast<void>(bob.heard());
    static_cast<void>(alice.link().sends());

    bob.says("say a:b 1");
    bob.says("say a:b 2");

    EXPECT_EQ(heard(shard, alice), (texts{said("1"), said("2")}));
    EXPECT_EQ(alice.link().sends(), 1U);
    EXPECT_EQ(bob.heard(), (texts{said("1"), said("2")}));
}

TEST(router, keeps_a_pattern_that_looks_like_a_room_apart_from_it) {
    test_shard shard;
    fake_peer& alice = shard.open();
    alice.says("join a:*");
    alice.says("say a:* hi");
    alice.says("say a:b hi");
    alice.says("unwatch #1 a:*");
    EXPECT_EQ(heard(shard, alice), (texts{"joined a:*", said("hi"), "left #1 a:*"}));

    alice.says("leave a:*");

    EXPECT_EQ(shard.bus.calls(), (texts{"subscribe a:*", "unsubscribe a:*"}));
}

}  // namespace
}  // namespace fanwire
