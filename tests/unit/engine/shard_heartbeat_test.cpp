#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace fanwire {
namespace {

using test::fake_peer;
using test::shard_setup;
using test::test_shard;
using namespace std::chrono_literals;

shard_setup with_heartbeat() {
    shard_setup setup;
    setup.settings.heartbeat_interval = 25s;
    setup.settings.heartbeat_timeout = 10s;
    return setup;
}

TEST(shard_heartbeat, pings_a_client_that_was_silent_for_the_interval) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();

    shard.wait(24s);
    EXPECT_EQ(peer.link().pings(), 0U);
    shard.wait(2s);

    EXPECT_EQ(peer.link().pings(), 1U);
}

TEST(shard_heartbeat, ends_a_client_that_does_not_answer_in_time) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();

    shard.wait(34s);
    EXPECT_FALSE(peer.link().closed());
    shard.wait(2s);

    EXPECT_EQ(peer.link().closed(), close_code::heartbeat_missed);
    EXPECT_EQ(shard.core.counted().heartbeats_missed.value(), 1U);
}

TEST(shard_heartbeat, keeps_a_client_that_answers) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();

    for (int round = 1; round <= 5; ++round) {
        shard.wait(26s);
        EXPECT_EQ(peer.link().pings(), static_cast<std::size_t>(round));
        peer.pongs();
    }

    EXPECT_FALSE(peer.link().closed());
}

TEST(shard_heartbeat, does_not_ping_who_speaks) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();

    for (int round = 0; round < 10; ++round) {
        shard.wait(20s);
        peer.says("ping");
        shard.turn();
    }

    EXPECT_EQ(peer.link().pings(), 0U);
    EXPECT_FALSE(peer.link().closed());
}

TEST(shard_heartbeat, is_off_at_zero) {
    test_shard shard;
    fake_peer& peer = shard.open();

    shard.wait(1h, 1min);

    EXPECT_EQ(peer.link().pings(), 0U);
    EXPECT_FALSE(peer.link().closed());
}

}  // namespace
}  // namespace fanwire
