#include "engine/client_table.hpp"

#include "support/test_shard.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

namespace fanwire {
namespace {

TEST(client_table, gives_each_reserved_slot_an_id_of_its_own) {
    client_table clients(5);

    const std::uint64_t first = clients.reserve();
    const std::uint64_t second = clients.reserve();

    EXPECT_EQ(client_table::shard_of(first), 5U);
    EXPECT_EQ(client_table::slot_of(first), 0U);
    EXPECT_EQ(client_table::slot_of(second), 1U);
    EXPECT_EQ(clients.size(), 0U);
}

TEST(client_table, finds_nobody_under_an_id_that_is_only_reserved) {
    client_table clients(5);

    EXPECT_EQ(clients.find(clients.reserve()), nullptr);
}

TEST(client_table, finds_nobody_under_ids_that_were_never_given) {
    client_table clients(5);
    const std::uint64_t reserved = clients.reserve();

    EXPECT_EQ(clients.find(0), nullptr);
    EXPECT_EQ(clients.find(reserved + 1), nullptr);
    EXPECT_EQ(clients.find(reserved + (std::uint64_t{1} << 32)), nullptr);
    EXPECT_EQ(clients.find(reserved ^ std::uint64_t{1} << 60), nullptr);
    EXPECT_EQ(clients.find(~std::uint64_t{0}), nullptr);
}

TEST(client_table, uses_a_slot_again_and_never_an_id) {
    client_table clients(63);
    std::set<std::uint64_t> given;

    for (int i = 0; i < 1'000; ++i) {
        const std::uint64_t id = clients.reserve();
        EXPECT_EQ(client_table::slot_of(id), 0U);
        EXPECT_EQ(client_table::shard_of(id), 63U);
        EXPECT_TRUE(given.insert(id).second);
        clients.release(id);
    }
}

TEST(client_table, does_not_find_a_client_that_has_gone) {
    test::test_shard shard;
    const client_id first = shard.open().id();
    shard.peers.front().ends();

    const client_id second = shard.open().id();

    EXPECT_EQ(client_table::slot_of(second.local), client_table::slot_of(first.local));
    EXPECT_NE(second, first);
    EXPECT_EQ(shard.core.send(first, "1"), send_result::client_gone);
    EXPECT_EQ(shard.core.send(second, "1"), send_result::delivered);
}

}  // namespace
}  // namespace fanwire
