#include "engine/router.hpp"
#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::fake_peer;
using test::shard_setup;
using test::test_shard;
using test::texts;

shard_setup with_hooks() {
    shard_setup setup;
    setup.has_on_join = true;
    setup.has_notices = true;
    return setup;
}

/// A shard whose host is asked about joins, and told when clients leave.
class router_join_hook : public ::testing::Test {
protected:
    std::size_t asked() {
        shard_.turn();
        return shard_.host->joins().size();
    }
    void decide(join_decision decision) {
        shard_.turn();
        join_call call = std::move(shard_.host->joins().front());
        shard_.host->joins().pop_front();
        call.answer(std::move(decision));
        shard_.turn();
    }
    void join(const std::string& room) {
        alice_.says("join " + room);
        decide(allow{});
        static_cast<void>(alice_.heard());
    }

    test_shard shard_{with_hooks()};
    fake_peer& alice_ = shard_.open(codec_kind::classic, "\"alice\"");
};

TEST_F(router_join_hook, asks_before_a_client_joins) {
    alice_.says("join lobby");

    ASSERT_EQ(asked(), 1U);
    const join_request& request = shard_.host->joins().front().request;
    EXPECT_EQ(request.client, alice_.id());
    EXPECT_EQ(request.user, "\"alice\"");
    EXPECT_EQ(request.room, "lobby");
    EXPECT_FALSE(request.is_pattern);
    EXPECT_EQ(alice_.heard(), texts{});

    decide(allow{});
    EXPECT_EQ(alice_.heard().size(), 1U);
    EXPECT_EQ(shard_.core.counted().members.value(), 1U);
}

TEST_F(router_join_hook, does_not_ask_again_about_a_room_that_the_client_is_in) {
    join("lobby");

    alice_.says("join lobby");

    EXPECT_EQ(asked(), 0U);
    EXPECT_EQ(alice_.heard().size(), 1U);
}

TEST_F(router_join_hook, refuses_what_the_host_refuses_and_what_it_does_not_answer) {
    alice_.says("join secret");
    decide(refuse{errc::forbidden, "not you"});
    alice_.says("join late");
    shard_.turn();
    shard_.wait(6s);
    shard_.turn();

    EXPECT_EQ(alice_.heard().size(), 2U);
    EXPECT_EQ(shard_.core.counted().errors.value(), 2U);
    EXPECT_EQ(shard_.core.counted().members.value(), 0U);
    EXPECT_TRUE(shard_.host->notices().empty());
}

TEST_F(router_join_hook, makes_what_stands_behind_a_join_wait) {
    alice_.says("join lobby");
    alice_.says("say lobby hi");
    shard_.turn();
    EXPECT_EQ(shard_.bus.published(), texts{});

    decide(allow{});

    EXPECT_EQ(shard_.bus.published().size(), 1U);
    EXPECT_EQ(alice_.heard().size(), 2U);
}

TEST_F(router_join_hook, lets_nobody_join_who_has_gone) {
    alice_.says("join lobby");
    shard_.turn();
    alice_.ends();

    decide(allow{});

    EXPECT_EQ(shard_.core.counted().members.value(), 0U);
    const std::vector<notice> told = shard_.host->notices();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<disconnect_notice>(told[0]));
}

TEST_F(router_join_hook, tells_who_leaves_only_if_it_was_in) {
    join("lobby");
    alice_.says("leave attic");
    alice_.says("leave lobby");
    shard_.turn();

    const std::vector<notice> told = shard_.host->notices();
    ASSERT_EQ(told.size(), 1U);
    const auto& left = std::get<leave_notice>(told[0]);
    EXPECT_EQ(left.client, alice_.id());
    EXPECT_EQ(left.room, "lobby");
    EXPECT_FALSE(left.has_disconnected);
}

TEST_F(router_join_hook, tells_of_each_room_and_then_of_the_end) {
    join("lobby");
    join("attic");

    const client_id id = alice_.id();
    alice_.ends(close_code::going_away);
    shard_.turn();

    const std::vector<notice> told = shard_.host->notices();
    ASSERT_EQ(told.size(), 3U);
    EXPECT_TRUE(std::get<leave_notice>(told[0]).has_disconnected);
    EXPECT_TRUE(std::get<leave_notice>(told[1]).has_disconnected);
    const auto& gone = std::get<disconnect_notice>(told[2]);
    EXPECT_EQ(gone.client, id);
    EXPECT_EQ(gone.user, "\"alice\"");
    EXPECT_EQ(gone.code, close_code::going_away);
    EXPECT_EQ(gone.reason, "");
}

TEST_F(router_join_hook, tells_of_clients_that_are_cut_at_the_end) {
    join("lobby");

    shard_.core.tell_cut();

    const std::vector<notice> told = shard_.host->notices();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(std::get<disconnect_notice>(told[1]).code, close_code::abnormal);
}

}  // namespace
}  // namespace fanwire
