#include "net/endpoint.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {
namespace {

std::string read_again(std::string_view text) {
    const auto end = read_endpoint(text);
    return end ? to_text(*end) : "none";
}

TEST(endpoint, is_read_in_each_form_that_proxies_write) {
    EXPECT_EQ(read_again("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(read_again("192.0.2.1:5000"), "192.0.2.1:5000");
    EXPECT_EQ(read_again("2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(read_again("[2001:db8::1]"), "2001:db8::1");
    EXPECT_EQ(read_again("[2001:DB8:0::1]:5000"), "[2001:db8::1]:5000");
    EXPECT_EQ(read_again("192.0.2.1:65535"), "192.0.2.1:65535");
}

TEST(endpoint, is_ipv4_when_it_is_mapped_into_ipv6) {
    EXPECT_EQ(read_again("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(read_again("[::ffff:c000:201]:5000"), "192.0.2.1:5000");
}

TEST(endpoint, loses_its_zone) {
    EXPECT_EQ(read_again("fe80::1%eth0"), "fe80::1");
    EXPECT_EQ(read_again("[fe80::1%3]:5000"), "[fe80::1]:5000");
}

TEST(endpoint, is_nothing_else) {
    for (const std::string_view text : {"",
                                        "unknown",
                                        "_hidden",
                                        "192.0.2",
                                        "192.0.2.256",
                                        "192.0.2.01",
                                        "192.0.2.1:",
                                        "192.0.2.1:65536",
                                        "192.0.2.1:-1",
                                        "192.0.2.1:+1",
                                        "192.0.2.1:80x",
                                        " 192.0.2.1",
                                        "192.0.2.1 ",
                                        "192.0.2.1%1",
                                        "[192.0.2.1]",
                                        "[192.0.2.1]:80",
                                        "[",
                                        "[]",
                                        "[]:80",
                                        "[::1",
                                        "[::1]80",
                                        "[::1]:",
                                        "[::1]x",
                                        "::1]",
                                        ":",
                                        ":::",
                                        ":80",
                                        "example.org",
                                        "example.org:80",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8:80:90"}) {
        EXPECT_EQ(read_again(text), "none") << text;
    }
    EXPECT_EQ(read_again(std::string_view("192.0.2.1\0", 10)), "none");
}

TEST(endpoint, is_no_longer_than_an_address_can_be) {
    EXPECT_TRUE(read_address("0000:0000:0000:0000:0000:ffff:192.168.100.200"));
    EXPECT_FALSE(read_address("00000:0000:0000:0000:0000:ffff:192.168.100.200"));
}

}  // namespace
}  // namespace fanwire
