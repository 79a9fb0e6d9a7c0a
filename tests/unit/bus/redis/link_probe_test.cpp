#include "bus/redis/link_probe.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using verdict = link_probe::verdict;

constexpr time_point start{1h};

class link_probe_test : public testing::Test {
protected:
    link_probe probe{5s, 2s};
};

TEST_F(link_probe_test, is_due_at_once_and_again_after_the_interval) {
    EXPECT_EQ(probe.check(start), verdict::due);
    probe.on_published(start);
    EXPECT_EQ(probe.check(start + 1s), verdict::fine);
    EXPECT_TRUE(probe.on_returned(probe.payload(), start + 1s));

    EXPECT_EQ(probe.round_trip(), 1s);
    EXPECT_EQ(probe.check(start + 6s - 1ms), verdict::fine);
    EXPECT_EQ(probe.check(start + 6s), verdict::due);
}

TEST_F(link_probe_test, is_proved_once_it_has_come_back) {
    probe.on_published(start);
    EXPECT_FALSE(probe.is_proved());

    EXPECT_TRUE(probe.on_returned(probe.payload(), start));
    EXPECT_TRUE(probe.is_proved());
    probe.on_lost();
    EXPECT_FALSE(probe.is_proved());
}

TEST_F(link_probe_test, suspects_both_links_without_an_answer) {
    probe.on_published(start);

    EXPECT_EQ(probe.check(start + 2s), verdict::fine);
    EXPECT_EQ(probe.check(start + 2s + 1ms), verdict::redis_silent);
}

TEST_F(link_probe_test, suspects_the_subscriber_where_redis_took_the_probe) {
    probe.on_published(start);
    probe.on_accepted();

    EXPECT_EQ(probe.check(start + 2s + 1ms), verdict::subscriber_silent);
}

TEST_F(link_probe_test, ignores_probes_of_an_earlier_link) {
    probe.on_published(start);
    const std::string stale = probe.payload();
    probe.on_lost();
    EXPECT_EQ(probe.check(start), verdict::due);
    probe.on_published(start);

    EXPECT_FALSE(probe.on_returned(stale, start));
    EXPECT_FALSE(probe.on_returned("probe:", start));
    EXPECT_FALSE(probe.is_proved());
}

TEST_F(link_probe_test, takes_each_probe_once) {
    probe.on_published(start);
    const std::string sent = probe.payload();

    EXPECT_TRUE(probe.on_returned(sent, start));
    EXPECT_FALSE(probe.on_returned(sent, start));
}

}  // namespace
}  // namespace fanwire
