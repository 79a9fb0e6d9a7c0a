#include "engine/chunk_pool.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fanwire {
namespace {

TEST(chunk_pool, gives_a_chunk_again_empty) {
    chunk_pool pool;
    auto first = pool.take();
    first->append(payload_kind::text, "hello");
    const chunk* const address = first.get();

    pool.give_back(std::move(first));
    const auto second = pool.take();

    EXPECT_EQ(second.get(), address);
    EXPECT_TRUE(second->is_empty());
}

TEST(chunk_pool, leaves_a_chunk_to_whoever_still_holds_it) {
    chunk_pool pool;
    auto first = pool.take();
    first->append(payload_kind::text, "hello");
    const shared_chunk held = first;

    pool.give_back(std::move(first));
    const auto second = pool.take();

    EXPECT_NE(second, held);
    EXPECT_EQ(held->count(), 1U);
}

TEST(chunk_pool, does_not_keep_a_chunk_that_grew_large) {
    chunk_pool pool;
    auto large = pool.take();
    large->append(payload_kind::text, std::string(std::size_t{256} << 10, 'x'));
    const std::weak_ptr<chunk> watched = large;

    pool.give_back(std::move(large));

    EXPECT_TRUE(watched.expired());
}

TEST(chunk_pool, keeps_a_bounded_number) {
    chunk_pool pool;
    std::vector<std::shared_ptr<chunk>> taken;
    std::vector<std::weak_ptr<chunk>> watched;
    watched.reserve(65);
    for (int i = 0; i < 65; ++i) watched.emplace_back(taken.emplace_back(pool.take()));

    for (auto& one : taken) pool.give_back(std::move(one));

    EXPECT_FALSE(watched[63].expired());
    EXPECT_TRUE(watched[64].expired());
}

}  // namespace
}  // namespace fanwire
