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

TEST(shard_heartbeat, asks_again_after_an_answer) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();
    shard.wait(25s);
    peer.pongs();
    shard.wait(25s);
    ASSERT_EQ(peer.link().pings(), 2U);

    shard.wait(9'900ms);
    EXPECT_FALSE(peer.link().closed());
    shard.wait(100ms);

    EXPECT_EQ(peer.link().closed(), close_code::heartbeat_missed);
}

TEST(shard_heartbeat, does_not_take_time_in_which_it_does_not_read_for_silence) {
    shard_setup setup = with_heartbeat();
    setup.has_on_message = true;
    setup.gate.timeout = 10min;
    test_shard shard(setup);
    fake_peer& peer = shard.open();
    for (int message = 0; message < 4; ++message) peer.says("say lobby hi");
    ASSERT_TRUE(peer.link().is_paused());

    shard.wait(5min);
    EXPECT_EQ(peer.link().pings(), 0U);
    for (int message = 0; message < 4; ++message) shard.decide(allow{});
    shard.wait(24'900ms);
    EXPECT_EQ(peer.link().pings(), 0U);
    shard.wait(100ms);

    EXPECT_EQ(peer.link().pings(), 1U);
}

TEST(shard_heartbeat, forgets_a_ping_that_a_pause_came_behind) {
    shard_setup setup = with_heartbeat();
    setup.has_on_message = true;
    setup.gate.timeout = 10min;
    test_shard shard(setup);
    fake_peer& peer = shard.open();
    shard.wait(25s);
    ASSERT_EQ(peer.link().pings(), 1U);

    for (int message = 0; message < 4; ++message) peer.says("say lobby hi");
    shard.wait(1min);

    EXPECT_FALSE(peer.link().closed());
}

TEST(shard_heartbeat, does_not_take_a_standstill_of_its_own_for_silence) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();
    shard.wait(25s);
    ASSERT_EQ(peer.link().pings(), 1U);

    shard.clock.advance(1h);
    shard.core.tick();
    EXPECT_FALSE(peer.link().closed()) << "its answer may lie unread in the socket";
    peer.pongs();
    shard.wait(20s);

    EXPECT_FALSE(peer.link().closed());
}

TEST(shard_heartbeat, ends_a_client_that_stays_silent_after_a_standstill) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();
    shard.wait(25s);
    shard.clock.advance(1h);
    shard.core.tick();

    shard.wait(9'900ms);
    EXPECT_FALSE(peer.link().closed());
    shard.wait(200ms);

    EXPECT_EQ(peer.link().closed(), close_code::heartbeat_missed);
}

TEST(shard_heartbeat, leaves_a_client_alone_that_is_being_closed) {
    test_shard shard(with_heartbeat());
    fake_peer& peer = shard.open();
    shard.core.drain(0s);
    shard.turn();

    shard.wait(2min);

    EXPECT_EQ(peer.link().pings(), 0U);
    EXPECT_EQ(shard.core.counted().heartbeats_missed.value(), 0U);
}

TEST(shard_heartbeat, does_not_take_another_client_for_the_one_in_its_slot_before) {
    test_shard shard(with_heartbeat());
    shard.open().ends();
    shard.wait(20s);
    fake_peer& second = shard.open();

    shard.wait(24'900ms);
    EXPECT_EQ(second.link().pings(), 0U);
    shard.wait(100ms);

    EXPECT_EQ(second.link().pings(), 1U);
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
