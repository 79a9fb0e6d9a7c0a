#include "server/metrics.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

namespace fanwire {
namespace {

using testing::Each;
using testing::HasSubstr;

TEST(metrics, names_follow_the_conventions_of_prometheus) {
    for (const metric& one : metric_table()) {
        EXPECT_TRUE(one.name.starts_with("fanwire_")) << one.name;
        EXPECT_EQ(one.name.ends_with("_total"), one.type == metric_type::counter) << one.name;
        EXPECT_EQ(one.name.ends_with("_seconds"), one.is_in_microseconds) << one.name;
    }
}

TEST(metrics, those_of_a_name_stand_together_and_differ_in_their_label) {
    std::set<std::string> seen;
    std::string_view last;

    for (const metric& one : metric_table()) {
        const bool is_new = one.name != last;
        last = one.name;
        EXPECT_TRUE(seen.insert(std::string(one.name) + std::string(one.label)).second) << one.name;
        EXPECT_EQ(is_new, !one.help.empty()) << one.name;
    }
}

TEST(metrics, have_their_head_once_and_a_line_each) {
    stats counted;
    counted.connections = 3;
    counted.bus_malformed = 7;

    const std::string text = metrics_text(counted);

    EXPECT_THAT(text, HasSubstr("# TYPE fanwire_connections gauge\nfanwire_connections 3\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE fanwire_bus_messages_skipped_total counter\n"
                                "fanwire_bus_messages_skipped_total{reason=\"too_large\"} 0\n"
                                "fanwire_bus_messages_skipped_total{reason=\"malformed\"} 7\n"
                                "fanwire_bus_messages_skipped_total{reason=\"unknown_version\"} 0\n"));
}

TEST(metrics, show_each_stat_once) {
    stats shown;
    for (const metric& one : metric_table()) shown.*one.value += 1;

    std::array<std::uint64_t, sizeof(stats) / sizeof(std::uint64_t)> each{};
    static_assert(sizeof(each) == sizeof(stats));
    std::memcpy(each.data(), &shown, sizeof(shown));

    EXPECT_THAT(each, Each(1));
}

TEST(metrics, durations_are_in_seconds) {
    stats counted;
    counted.probe_round_trip_us = 1'500;

    EXPECT_THAT(metrics_text(counted), HasSubstr("\nfanwire_bus_probe_round_trip_seconds 0.001500\n"));
}

TEST(metrics, on_loopback_are_for_who_is_on_the_machine_itself) {
    EXPECT_TRUE(shows_metrics("loopback", "127.0.0.1:5000", false));
    EXPECT_TRUE(shows_metrics("loopback", "[::1]:5000", false));
    EXPECT_TRUE(shows_metrics("loopback", "[::ffff:127.0.0.1]:5000", false));
    EXPECT_FALSE(shows_metrics("loopback", "192.0.2.1:5000", false));
    EXPECT_FALSE(shows_metrics("loopback", "[2001:db8::1]:5000", false));
    EXPECT_FALSE(shows_metrics("loopback", "127.0.0.1:5000", true));
}

TEST(metrics, are_for_everybody_or_for_nobody) {
    EXPECT_TRUE(shows_metrics("on", "192.0.2.1:5000", true));
    EXPECT_FALSE(shows_metrics("off", "127.0.0.1:5000", false));
}

}  // namespace
}  // namespace fanwire
