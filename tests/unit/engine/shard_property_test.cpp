#include "engine/shard.hpp"
#include "unit/engine/random_world.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace fanwire {
namespace {

struct world_form {
    unsigned seed;
    std::size_t shards;
    bool has_hook;
};

std::string name_of(const ::testing::TestParamInfo<world_form>& info) {
    return std::to_string(info.param.shards) + (info.param.has_hook ? "_asking_" : "_free_") +
           std::to_string(info.param.seed);
}

std::vector<world_form> forms() {
    std::vector<world_form> all;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        for (const std::size_t shards : {1, 3}) {
            for (const bool has_hook : {false, true}) all.push_back({seed, shards, has_hook});
        }
    }
    return all;
}

class shard_property : public ::testing::TestWithParam<world_form> {};

TEST_P(shard_property, gives_each_client_what_it_must_hear_in_its_order_and_once) {
    test::random_world world(GetParam().seed, GetParam().shards, GetParam().has_hook);

    for (int step = 1; step <= 5'000; ++step) {
        world.step();
        if (step % 250 == 0) world.settle();
        ASSERT_FALSE(HasFailure()) << "step " << step;
    }
}

INSTANTIATE_TEST_SUITE_P(seeds, shard_property, ::testing::ValuesIn(forms()), name_of);

}  // namespace
}  // namespace fanwire
