#include "net/trusted_networks.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace fanwire {
namespace {

TEST(trusted_networks, trust_nobody_by_default) {
    EXPECT_FALSE(trusted_networks().contains("127.0.0.1:5000"));
    EXPECT_FALSE(trusted_networks().contains(boost::asio::ip::make_address("::1")));
}

TEST(trusted_networks, take_in_single_addresses) {
    const trusted_networks trusted({"192.0.2.1", "2001:db8::1"});

    EXPECT_TRUE(trusted.contains("192.0.2.1:5000"));
    EXPECT_TRUE(trusted.contains("[2001:db8::1]:5000"));
    EXPECT_FALSE(trusted.contains("192.0.2.2:5000"));
    EXPECT_FALSE(trusted.contains("[2001:db8::2]:5000"));
    EXPECT_FALSE(trusted.contains(""));
}

TEST(trusted_networks, take_in_networks_from_first_to_last) {
    const trusted_networks trusted({"10.0.0.0/8", "192.168.4.0/22", "2001:db8:80::/41"});

    for (const std::string_view inside : {"10.0.0.0", "10.255.255.255", "192.168.4.0", "192.168.7.255",
                                          "2001:db8:80::", "2001:db8:ff:ffff::"}) {
        EXPECT_TRUE(trusted.contains(inside)) << inside;
    }
    for (const std::string_view outside :
         {"9.255.255.255", "11.0.0.0", "192.168.3.255", "192.168.8.0", "2001:db8:7f::", "2001:db8:100::"}) {
        EXPECT_FALSE(trusted.contains(outside)) << outside;
    }
}

TEST(trusted_networks, hold_mapped_addresses_for_what_they_stand_for) {
    EXPECT_TRUE(trusted_networks({"10.0.0.0/8"}).contains("[::ffff:10.1.2.3]:80"));
    EXPECT_TRUE(trusted_networks({"::ffff:10.0.0.0/104"}).contains("10.1.2.3"));
    EXPECT_FALSE(trusted_networks({"::ffff:10.0.0.0/104"}).contains("11.1.2.3"));
    EXPECT_FALSE(trusted_networks({"::a00:0/104"}).contains("10.1.2.3"));
}

TEST(trusted_networks, may_take_in_everybody) {
    EXPECT_TRUE(trusted_networks({"0.0.0.0/0"}).contains("203.0.113.9"));
    EXPECT_FALSE(trusted_networks({"0.0.0.0/0"}).contains("2001:db8::1"));
    EXPECT_TRUE(trusted_networks({"::/0"}).contains("2001:db8::1"));
    EXPECT_TRUE(trusted_networks({"::/0"}).contains("203.0.113.9"));
}

TEST(trusted_networks, ignore_what_stands_behind_the_prefix) {
    EXPECT_TRUE(trusted_networks({"10.1.2.3/8"}).contains("10.200.0.1"));
    EXPECT_TRUE(trusted_networks({"192.0.2.129/25"}).contains("192.0.2.254"));
}

TEST(trusted_networks, are_addresses_or_networks_only) {
    for (const std::string_view text :
         {"192.0.2.1", "192.0.2.1/32", "192.0.2.0/0", "::1", "::1/128", "::/0"}) {
        EXPECT_TRUE(trusted_networks::is_network(text)) << text;
    }
    for (const std::string_view text :
         {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/255.0.0.0",
          "10/8", "::/129", "[::1]", "10.0.0.1:80", "localhost", "*", " 10.0.0.0/8", "10.0.0.0/8/8",
          "fe80::1%eth0"}) {
        EXPECT_FALSE(trusted_networks::is_network(text)) << text;
    }
}

}  // namespace
}  // namespace fanwire
