#include "engine/router.hpp"
#include "support/test_shard.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

using test::fake_peer;
using test::shard_setup;
using test::test_shard;
using test::texts;

shard_setup with_rooms_per_client(std::size_t limit) {
    shard_setup setup;
    setup.settings.max_rooms_per_client = limit;
    return setup;
}

shard_setup with_rooms(std::size_t limit) {
    shard_setup setup;
    setup.settings.max_rooms = limit;
    return setup;
}

TEST(router_limits, lets_a_client_into_as_many_rooms_as_may_be_and_no_more) {
    test_shard shard(with_rooms_per_client(2));
    fake_peer& alice = shard.open();

    for (const char* request : {"join a", "watch b:*", "join #3 c", "watch #4 d:*"}) alice.says(request);
    shard.turn();

    EXPECT_EQ(alice.heard(),
              (texts{"joined a", "joined b:*", "error #3 c limit_reached", "error #4 d:* limit_reached"}));
    EXPECT_EQ(shard.bus.calls(), (texts{"subscribe a", "psubscribe b:*"}));
}

TEST(router_limits, lets_a_client_at_its_limit_join_again_where_it_is) {
    test_shard shard(with_rooms_per_client(1));
    fake_peer& alice = shard.open();

    alice.says("join a");
    alice.says("join #2 a");
    shard.turn();

    EXPECT_EQ(alice.heard(), (texts{"joined a", "joined #2 a"}));
}

TEST(router_limits, lets_a_client_into_another_room_after_it_left_one) {
    test_shard shard(with_rooms_per_client(1));
    fake_peer& alice = shard.open();

    for (const char* request : {"join a", "leave a", "join b"}) alice.says(request);
    shard.turn();

    EXPECT_EQ(alice.heard(), (texts{"joined a", "joined b"}));
}

TEST(router_limits, limits_each_client_on_its_own) {
    test_shard shard(with_rooms_per_client(1));
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    alice.says("join a");
    bob.says("join b");
    shard.turn();

    EXPECT_EQ(bob.heard(), texts{"joined b"});
}

TEST(router_limits, opens_as_many_rooms_as_may_be_and_no_more) {
    test_shard shard(with_rooms(2));
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    alice.says("join a");
    alice.says("watch b:*");
    bob.says("join c");
    bob.says("join a");
    shard.turn();

    EXPECT_EQ(alice.heard(), (texts{"joined a", "joined b:*"}));
    EXPECT_EQ(bob.heard(), (texts{"error c limit_reached", "joined a"}));
}

TEST(router_limits, opens_another_room_once_one_is_empty) {
    test_shard shard(with_rooms(1));
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();
    alice.says("join a");
    alice.ends();

    bob.says("join b");
    shard.turn();

    EXPECT_EQ(bob.heard(), texts{"joined b"});
}

TEST(router_limits, counts_rooms_that_wait_for_the_bus) {
    test_shard shard(with_rooms(1));
    shard.bus.confirms_at_once = false;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    alice.says("join a");
    bob.says("join b");
    shard.turn();

    EXPECT_EQ(bob.heard(), texts{"error b limit_reached"});
}

TEST(router_limits, takes_zero_for_no_limit) {
    test_shard shard;
    fake_peer& alice = shard.open();

    for (int i = 0; i < 2'000; ++i) alice.says("join room:" + std::to_string(i));

    EXPECT_EQ(shard.core.counted().rooms.value(), 2'000U);
    EXPECT_EQ(shard.core.counted().errors.value(), 0U);
}

TEST(router_limits, allows_no_patterns_where_they_are_turned_off) {
    shard_setup setup;
    setup.settings.allow_patterns = false;
    test_shard shard(setup);
    fake_peer& alice = shard.open();

    alice.says("watch #1 a:*");
    alice.says("join a:*");
    shard.turn();

    EXPECT_EQ(alice.heard(), (texts{"error #1 a:* forbidden", "joined a:*"}));
    EXPECT_EQ(shard.bus.calls(), texts{"subscribe a:*"});
}

}  // namespace
}  // namespace fanwire
