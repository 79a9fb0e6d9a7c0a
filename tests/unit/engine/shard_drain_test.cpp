#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace fanwire {
namespace {

using test::fake_peer;
using test::test_shard;
using namespace std::chrono_literals;

std::size_t closed_of(const test_shard& shard) {
    return static_cast<std::size_t>(std::ranges::count_if(shard.peers, [](const fake_peer& one) {
        return const_cast<fake_peer&>(one).link().closed().has_value();
    }));
}

TEST(shard_drain, closes_all_at_once_without_a_spread) {
    test_shard shard;
    for (int client = 0; client < 3; ++client) shard.open(codec_kind::v1);

    shard.core.drain(0s);
    shard.turn();

    EXPECT_EQ(closed_of(shard), 3U);
    EXPECT_EQ(shard.peers.front().link().closed(), close_code::going_away);
    EXPECT_TRUE(shard.peers.front().heard().empty());
}

TEST(shard_drain, tells_v1_clients_and_spreads_the_closes) {
    test_shard shard;
    for (int client = 0; client < 10; ++client) shard.open(codec_kind::v1);

    shard.core.drain(10s);
    shard.turn();

    EXPECT_EQ(shard.peers.front().heard(), test::texts{"moving 10000"});
    EXPECT_EQ(closed_of(shard), 0U);
    shard.wait(5s);
    EXPECT_EQ(closed_of(shard), 5U);
    shard.wait(5s);
    EXPECT_EQ(closed_of(shard), 10U);
    EXPECT_EQ(shard.peers.front().link().closed(), close_code::service_restart);
}

TEST(shard_drain, is_cut_short_by_another_without_a_spread) {
    test_shard shard;
    for (int client = 0; client < 10; ++client) shard.open(codec_kind::v1);
    shard.core.drain(1h);
    shard.wait(1s);

    shard.core.drain(0s);
    shard.turn();

    EXPECT_EQ(closed_of(shard), 10U);
}

TEST(shard_drain, closes_who_comes_out_of_its_handshake_meanwhile) {
    test_shard shard;
    shard.core.drain(0s);

    fake_peer& late = shard.open(codec_kind::v1);
    shard.wait(200ms);

    EXPECT_EQ(late.link().closed(), close_code::going_away);
}

TEST(shard_drain, denies_what_waits_for_the_host) {
    test_shard shard({.has_on_message = true});
    fake_peer& peer = shard.open();
    peer.says("say #1 lobby hi");
    shard.turn();
    ASSERT_EQ(shard.core.gate().counted().outstanding.value(), 1U);

    shard.core.drain(0s);

    EXPECT_EQ(shard.core.gate().counted().outstanding.value(), 0U);
}

}  // namespace
}  // namespace fanwire
