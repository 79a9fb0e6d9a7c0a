#include "engine/room_batches.hpp"

#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using test::fake_peer;
using test::test_shard;
using test::texts;

constexpr std::size_t full_batch_bytes = std::size_t{64} << 10;

/// Three classic clients in a room; what they were told so far is forgotten.
class room_batches_of_three : public ::testing::Test {
protected:
    room_batches_of_three() {
        for (fake_peer* peer : {&alice_, &bob_, &carol_}) peer->says("join lobby");
        settle();
    }

    void settle() {
        shard_.turn();
        for (fake_peer& peer : shard_.peers) {
            static_cast<void>(peer.heard());
            static_cast<void>(peer.link().sends());
        }
        static_cast<void>(shard_.sender.calls());
        shard_.counts = {};
    }
    void deliver(const std::string& payload) { shard_.bus.deliver("lobby", payload); }

    test_shard shard_;
    fake_peer& alice_ = shard_.open();
    fake_peer& bob_ = shard_.open();
    fake_peer& carol_ = shard_.open();
};

TEST_F(room_batches_of_three, gives_each_member_one_send_of_a_turns_messages) {
    deliver("one");
    deliver("two");
    deliver("three");
    EXPECT_EQ(alice_.link().sends(), 0U);

    shard_.turn();

    EXPECT_EQ(shard_.sender.calls(), 1U);
    for (fake_peer* peer : {&alice_, &bob_, &carol_}) {
        EXPECT_EQ(peer->link().sends(), 1U);
        EXPECT_EQ(peer->heard(), (texts{"one", "two", "three"}));
    }
}

TEST_F(room_batches_of_three, gives_all_members_the_same_bytes) {
    deliver("one");
    deliver("two");

    shard_.turn();

    EXPECT_EQ(alice_.link().last_bytes(), bob_.link().last_bytes());
    EXPECT_EQ(alice_.link().last_bytes(), carol_.link().last_bytes());
}

TEST_F(room_batches_of_three, encodes_a_message_once_for_each_kind_of_client) {
    deliver("one");
    shard_.turn();
    EXPECT_EQ(shard_.counts.messages_encoded, 1U);
    for (int i = 0; i < 2; ++i) shard_.open(codec_kind::v1).says("join lobby");
    settle();

    deliver("two");
    deliver("three");
    shard_.turn();

    EXPECT_EQ(shard_.counts.messages_encoded, 4U);
    EXPECT_EQ(shard_.peers.back().heard(), (texts{"lobby|two", "lobby|three"}));
    EXPECT_EQ(alice_.heard(), (texts{"two", "three"}));
}

TEST_F(room_batches_of_three, encodes_once_though_rooms_and_patterns_share_a_kind) {
    alice_.says("watch *");
    bob_.says("watch **");
    settle();

    deliver("one");
    shard_.turn();

    EXPECT_EQ(shard_.counts.messages_encoded, 1U);
    EXPECT_EQ(shard_.sender.calls(), 1U);
    EXPECT_EQ(alice_.heard(), texts{"one"});
}

TEST_F(room_batches_of_three, encodes_for_kinds_that_only_patterns_have) {
    fake_peer& watcher = shard_.open(codec_kind::v1);
    watcher.says("watch *");
    settle();

    deliver("one");
    deliver("two");
    shard_.turn();

    EXPECT_EQ(watcher.heard(), (texts{"lobby|one", "lobby|two"}));
    EXPECT_EQ(alice_.heard(), (texts{"one", "two"}));
    EXPECT_EQ(shard_.counts.messages_encoded, 4U);
}

TEST_F(room_batches_of_three, encodes_for_no_kind_whose_members_have_left) {
    fake_peer& dave = shard_.open(codec_kind::v1);
    dave.says("join lobby");
    dave.says("leave lobby");
    settle();

    deliver("one");
    shard_.turn();

    EXPECT_EQ(shard_.counts.messages_encoded, 1U);
}

TEST_F(room_batches_of_three, encodes_nothing_that_nobody_here_wants) {
    shard_.bus.deliver("cellar", "one");

    EXPECT_EQ(shard_.end_turn(), std::nullopt);
    EXPECT_EQ(shard_.counts.messages_encoded, 0U);
}

TEST_F(room_batches_of_three, encodes_nothing_that_no_pattern_matches) {
    alice_.says("watch a:*");
    settle();

    shard_.bus.deliver("cellar", "one");

    EXPECT_EQ(shard_.end_turn(), std::nullopt);
    EXPECT_EQ(shard_.counts.messages_encoded, 0U);
}

TEST_F(room_batches_of_three, gathers_each_room_on_its_own) {
    alice_.says("join cellar");
    alice_.says("watch *");
    settle();

    deliver("lobby 1");
    shard_.bus.deliver("cellar", "cellar 1");
    deliver("lobby 2");
    shard_.bus.deliver("attic", "attic 1");
    shard_.bus.deliver("attic", "attic 2");
    shard_.turn();

    EXPECT_EQ(alice_.heard(), (texts{"lobby 1", "lobby 2", "cellar 1", "attic 1", "attic 2"}));
    EXPECT_EQ(alice_.link().sends(), 3U);
    EXPECT_EQ(bob_.heard(), (texts{"lobby 1", "lobby 2"}));
}

TEST_F(room_batches_of_three, starts_anew_after_a_flush) {
    deliver("one");
    shard_.turn();

    deliver("two");
    shard_.turn();

    EXPECT_EQ(alice_.heard(), (texts{"one", "two"}));
    EXPECT_EQ(alice_.link().sends(), 2U);
}

TEST_F(room_batches_of_three, flushes_a_large_batch_at_once) {
    // A WebSocket head of these lengths has four bytes.
    const std::string almost(full_batch_bytes - 1 - 4, 'x');
    const std::string full(full_batch_bytes - 4, 'x');

    deliver(almost);
    EXPECT_EQ(alice_.link().sends(), 0U);
    settle();
    deliver(full);

    EXPECT_EQ(alice_.link().sends(), 1U);
    EXPECT_EQ(alice_.heard(), texts{full});
}

TEST_F(room_batches_of_three, flushes_what_has_grown_large_at_once) {
    const std::string half(full_batch_bytes / 2, 'x');

    deliver(half);
    EXPECT_EQ(alice_.link().sends(), 0U);
    deliver(half);

    EXPECT_EQ(alice_.link().sends(), 1U);
}

TEST_F(room_batches_of_three, flushes_before_a_rooms_members_change) {
    fake_peer& dave = shard_.open();
    deliver("one");

    dave.says("join lobby");
    EXPECT_EQ(alice_.heard(), texts{"one"});
    deliver("two");
    dave.says("leave lobby");
    EXPECT_EQ(alice_.heard(), texts{"two"});
    deliver("three");
    bob_.ends();
    EXPECT_EQ(alice_.heard(), texts{"three"});

    shard_.turn();
    EXPECT_EQ(dave.heard(), (texts{"joined lobby", "two"}));
}

TEST_F(room_batches_of_three, gathers_on_while_other_rooms_members_change) {
    fake_peer& dave = shard_.open();
    deliver("one");

    dave.says("join cellar");
    dave.says("leave cellar");

    EXPECT_EQ(alice_.heard(), texts{});
}

TEST_F(room_batches_of_three, flushes_before_a_patterns_members_change) {
    fake_peer& dave = shard_.open();
    deliver("one");
    dave.says("watch *");
    EXPECT_EQ(alice_.heard(), texts{"one"});

    shard_.bus.deliver("cellar", "two");
    dave.says("join cellar");
    shard_.bus.deliver("cellar", "three");
    dave.says("unwatch *");
    shard_.bus.deliver("cellar", "four");
    shard_.turn();

    EXPECT_EQ(dave.heard(), (texts{"joined *", "two", "joined cellar", "three", "four"}));
}

TEST_F(room_batches_of_three, flushes_before_somebody_hears_broadcasts) {
    shard_.bus.deliver("", "one");

    fake_peer& dave = shard_.open_unwelcomed(codec_kind::classic, {});
    EXPECT_EQ(alice_.heard(), texts{"one"});
    shard_.bus.deliver("", "two");
    shard_.turn();

    EXPECT_EQ(dave.heard(), texts{"two"});
    EXPECT_EQ(alice_.heard(), texts{"two"});
}

TEST_F(room_batches_of_three, goes_on_though_a_member_is_dead_already) {
    bob_.link().die();

    deliver("one");
    shard_.turn();
    bob_.ends(close_code::abnormal);
    deliver("two");
    shard_.turn();

    EXPECT_EQ(alice_.heard(), (texts{"one", "two"}));
    EXPECT_EQ(carol_.heard(), (texts{"one", "two"}));
    EXPECT_EQ(bob_.heard(), texts{});
}

TEST_F(room_batches_of_three, sends_what_gathered_before_a_member_is_closed) {
    deliver("one");

    shard_.core.drain(duration{0});
    deliver("two");
    shard_.turn();

    EXPECT_EQ(alice_.heard(), texts{"one"});
    EXPECT_TRUE(alice_.link().closed());
}

TEST_F(room_batches_of_three, counts_deliveries) {
    const std::uint64_t before = shard_.core.counted().deliveries.value();

    deliver("one");
    deliver("two");
    shard_.turn();

    EXPECT_EQ(shard_.core.counted().deliveries.value() - before, 6U);
}

}  // namespace
}  // namespace fanwire
