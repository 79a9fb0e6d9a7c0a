#include "server/bus_thread.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace fanwire {
namespace {

/// Why the names on Redis cannot be; empty if they can.
std::string fault_of(const std::string& room_prefix, const std::string& broadcast_channel,
                     const std::string& key_prefix) {
    options given;
    given.redis = "redis://127.0.0.1";
    given.room_prefix = room_prefix;
    given.broadcast_channel = broadcast_channel;
    given.key_prefix = key_prefix;
    try {
        static_cast<void>(redis_settings_of(given, 1));
    } catch (const std::invalid_argument& fault) {
        return fault.what();
    }
    return {};
}

TEST(redis_settings, take_names_that_can_be_told_apart_by_how_they_begin) {
    EXPECT_EQ(fault_of("room:", "broadcast", "fw:"), "");
    EXPECT_EQ(fault_of("a:room:", "a:all", "a:keys:"), "");
    EXPECT_EQ(fault_of("r", "b", "k"), "");
}

TEST(redis_settings, name_the_option_that_is_empty) {
    EXPECT_EQ(fault_of("", "broadcast", "fw:"), "option `room_prefix` must not be empty");
    EXPECT_EQ(fault_of("room:", "", "fw:"), "option `broadcast_channel` must not be empty");
    EXPECT_EQ(fault_of("room:", "broadcast", ""), "option `key_prefix` must not be empty");
}

TEST(redis_settings, name_both_options_where_one_begins_with_the_other) {
    EXPECT_EQ(
        fault_of("room:", "room:all", "fw:"),
        "option `room_prefix` is \"room:\", with which `broadcast_channel` (\"room:all\") must not begin");
    EXPECT_EQ(fault_of("fw:rooms:", "broadcast", "fw:"),
              "option `key_prefix` is \"fw:\", with which `room_prefix` (\"fw:rooms:\") must not begin");
    EXPECT_EQ(
        fault_of("broadcast:", "broadcast", "fw:"),
        "option `broadcast_channel` is \"broadcast\", with which `room_prefix` (\"broadcast:\") must not "
        "begin");
    EXPECT_EQ(fault_of("same", "broadcast", "same"),
              "option `room_prefix` is \"same\", with which `key_prefix` (\"same\") must not begin");
}

}  // namespace
}  // namespace fanwire
