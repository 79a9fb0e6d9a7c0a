#include "server/origin.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

TEST(origin_check, lets_in_programs_which_send_no_origin) {
    EXPECT_TRUE(origin_check({}).allows("", "example.org"));
    EXPECT_TRUE(origin_check({"https://example.org"}).allows("", "example.net"));
}

TEST(origin_check, wants_the_same_host_name_on_any_port_by_default) {
    const origin_check check({});

    EXPECT_TRUE(check.allows("https://example.org", "example.org"));
    EXPECT_TRUE(check.allows("http://example.org:3000", "example.org:8080"));
    EXPECT_TRUE(check.allows("http://EXAMPLE.org", "example.ORG"));
    EXPECT_TRUE(check.allows("http://[::1]:3000", "[::1]:8080"));
    EXPECT_FALSE(check.allows("https://example.org", "example.net"));
    EXPECT_FALSE(check.allows("https://example.org.evil.example", "example.org"));
    EXPECT_FALSE(check.allows("https://sub.example.org", "example.org"));
    EXPECT_FALSE(check.allows("http://[::1]", "[::2]"));
}

TEST(origin_check, refuses_origins_that_are_none) {
    const origin_check check({});

    EXPECT_FALSE(check.allows("null", "null"));
    EXPECT_FALSE(check.allows("://", ""));
    EXPECT_FALSE(check.allows("file://", ""));
    EXPECT_FALSE(check.allows("example.org", "example.org"));
}

TEST(origin_check, lets_in_exactly_what_a_list_names) {
    const origin_check check({"https://a.example", "https://b.example:8443"});

    EXPECT_TRUE(check.allows("https://a.example", "other.example"));
    EXPECT_TRUE(check.allows("https://B.example:8443", "other.example"));
    EXPECT_FALSE(check.allows("http://a.example", "a.example"));
    EXPECT_FALSE(check.allows("https://b.example", "b.example"));
}

TEST(origin_check, lets_in_everybody_by_a_star) {
    const origin_check check({"https://a.example", "*"});

    EXPECT_TRUE(check.allows("https://anything.example", "other.example"));
    EXPECT_TRUE(check.allows("null", "other.example"));
}

}  // namespace
}  // namespace fanwire
