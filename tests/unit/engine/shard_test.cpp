#include "engine/shard.hpp"

#include "support/recording_listener.hpp"
#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::fake_peer;
using test::message_to;
using test::said;
using test::shard_setup;
using test::test_shard;
using test::texts;

// Clients

TEST(shard, welcomes_a_client_before_anything_else) {
    test_shard shard;
    shard.bus.deliver("", "too early");
    fake_peer& alice = shard.open_unwelcomed(codec_kind::v1, {});
    shard.bus.deliver("", "hi");

    shard.turn();

    EXPECT_EQ(alice.heard(), (texts{"welcome " + to_string(alice.id()), "|hi"}));
}

TEST(shard, names_clients_by_instance_and_shard) {
    shard_setup setup;
    setup.settings.instance = 0x1234;
    setup.settings.shard = 7;
    test_shard shard(setup);

    const client_id id = shard.open().id();

    EXPECT_EQ(id.instance, 0x1234U);
    EXPECT_EQ(client_table::shard_of(id.local), 7U);
}

TEST(shard, gives_an_id_that_nobody_came_for_to_nobody_else) {
    test_shard shard;
    const client_id lost = shard.core.reserve_id();

    shard.core.release_id(lost);

    EXPECT_NE(shard.open().id(), lost);
    EXPECT_EQ(shard.core.send(lost, "1"), send_result::client_gone);
}

TEST(shard, hears_no_request_of_a_client_that_it_closes) {
    test_shard shard;
    fake_peer& alice = shard.open();
    shard.core.drain(0s);

    alice.says("say lobby hi");
    shard.turn();

    EXPECT_EQ(shard.bus.published(), texts{});
}

TEST(shard, cuts_what_is_left) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    shard.core.abort_all();
    alice.ends(close_code::abnormal);
    bob.ends(close_code::abnormal);

    EXPECT_EQ(alice.link().aborts(), 1U);
    EXPECT_EQ(bob.link().aborts(), 1U);
    EXPECT_FALSE(shard.core.has_clients());
}

// What the host says

TEST(shard, brings_a_direct_message_to_its_client_alone) {
    test_shard shard;
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    EXPECT_EQ(shard.core.send(alice.id(), "{\"n\":1}"), send_result::delivered);
    shard.turn();

    EXPECT_EQ(alice.heard(), texts{"direct {\"n\":1}"});
    EXPECT_EQ(bob.heard(), texts{});
}

TEST(shard, says_when_the_client_of_a_direct_message_has_gone) {
    test_shard shard;
    const client_id gone = shard.open().id();
    shard.peers.front().ends();
    const fake_peer& closing = shard.open();
    shard.core.drain(0s);

    EXPECT_EQ(shard.core.send(gone, "1"), send_result::client_gone);
    EXPECT_EQ(shard.core.send(closing.id(), "1"), send_result::client_gone);
    EXPECT_EQ(shard.core.send({closing.id().instance + 1, closing.id().local}, "1"),
              send_result::client_gone);
    EXPECT_EQ(shard.core.send({}, "1"), send_result::client_gone);
}

TEST(shard, sends_a_turns_replies_together) {
    test_shard shard;
    fake_peer& alice = shard.open();

    for (const char* request : {"ping #1", "ping #2", "ping #3"}) alice.says(request);
    shard.turn();

    EXPECT_EQ(alice.link().sends(), 1U);
    EXPECT_EQ(alice.heard(), (texts{"pong #1", "pong #2", "pong #3"}));
}

TEST(shard, sends_replies_that_have_grown_large_at_once) {
    test_shard shard;
    fake_peer& alice = shard.open();
    const std::string head = "direct ";
    // A WebSocket head of this length has four bytes.
    const std::string fits((64 << 10) - 1 - head.size() - 4, 'x');

    ASSERT_EQ(shard.core.send(alice.id(), fits), send_result::delivered);
    EXPECT_EQ(alice.link().sends(), 0U);
    ASSERT_EQ(shard.core.send(alice.id(), "y"), send_result::delivered);
    EXPECT_EQ(alice.link().sends(), 1U);
    ASSERT_EQ(shard.core.send(alice.id(), "z"), send_result::delivered);
    shard.turn();

    EXPECT_EQ(alice.link().sends(), 1U);
    EXPECT_EQ(alice.heard(), (texts{head + fits, head + "y", head + "z"}));
}

TEST(shard, publishes_what_the_host_gives) {
    test_shard shard;
    fake_peer& alice = shard.open();
    alice.says("join lobby");
    std::optional<std::error_code> answer;

    shard.core.publish(message_to("lobby", "hi"),
                       [&](std::error_code failed, const publish_result&) { answer = failed; });
    shard.turn();

    EXPECT_EQ(answer, std::error_code());
    EXPECT_EQ(alice.heard(), (texts{"joined lobby", "hi"}));
}

// Turns

TEST(shard, has_nothing_to_flush_when_nothing_has_gathered) {
    test_shard shard;
    fake_peer& alice = shard.open();

    alice.says("ping");

    EXPECT_EQ(shard.end_turn(), std::nullopt);
    EXPECT_EQ(alice.heard(), texts{"pong"});
}

TEST(shard, flushes_at_the_end_of_the_turn) {
    test_shard shard;
    fake_peer& alice = shard.open();
    alice.says("join lobby");

    alice.says("say lobby hi");
    const auto due = shard.end_turn();

    EXPECT_LE(due.value_or(time_point::max()), shard.clock.steady());
    EXPECT_EQ(alice.heard(), texts{"joined lobby"});
    shard.turn();
    EXPECT_EQ(alice.heard(), texts{said("hi")});
}

TEST(shard, holds_the_next_flush_after_one_that_was_expensive) {
    shard_setup setup;
    setup.settings.flush_hold_percent = 30;
    test_shard shard(setup);
    fake_peer& alice = shard.open();
    alice.says("join lobby");
    alice.says("say lobby one");
    alice.says("say lobby two");

    const time_point started = shard.clock.steady();
    shard.core.flush(started, [&] { return started + 1ms; });
    alice.says("say lobby three");

    EXPECT_EQ(shard.end_turn(), started + 1ms + 300us);
}

TEST(shard, does_not_hold_after_single_messages_of_several_rooms) {
    shard_setup setup;
    setup.settings.flush_hold_percent = 30;
    test_shard shard(setup);
    fake_peer& alice = shard.open();
    for (const char* request : {"join a", "join b", "say a one", "say b one"}) alice.says(request);

    const time_point started = shard.clock.steady();
    shard.core.flush(started, [&] { return started + 1ms; });
    alice.says("say a two");

    EXPECT_EQ(shard.end_turn(), started + 1ms);
}

TEST(shard, hands_the_host_the_requests_of_a_turn_at_its_end) {
    test_shard shard({.has_on_message = true});
    fake_peer& alice = shard.open();
    fake_peer& bob = shard.open();

    alice.says("say lobby 1");
    bob.says("say lobby 2");
    EXPECT_EQ(shard.host->batches(), std::vector<std::size_t>{});
    shard.turn();

    EXPECT_EQ(shard.host->batches(), std::vector<std::size_t>{2});
}

TEST(shard, leaves_answers_to_a_shard_that_is_no_more_alone) {
    auto shard = std::make_unique<test_shard>(shard_setup{.has_on_message = true});
    const auto host = shard->host;
    fake_peer& alice = shard->open();
    alice.says("say lobby 1");
    alice.says("say lobby 2");
    shard->turn();

    shard.reset();
    host->decide(allow{});
    host->drop_reply();

    EXPECT_TRUE(host->messages().empty());
}

}  // namespace
}  // namespace fanwire
