#include "server/forwarded.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace fanwire {
namespace {

const trusted_networks& proxies() {
    static const trusted_networks trusted({"10.0.0.0/8", "fd00::/8"});
    return trusted;
}

http_request request_with(http_headers headers, bool is_from_proxy = true) {
    return {.method = "GET",
            .target = "/",
            .headers = std::move(headers),
            .body = {},
            .remote_address = "10.0.0.1:5000",
            .is_from_proxy = is_from_proxy};
}

std::string client_of(std::string_view header) {
    return client_address(request_with({{"x-forwarded-for", std::string(header)}}), proxies());
}

TEST(client_address, is_the_connections_without_a_header) {
    EXPECT_EQ(client_address(request_with({}), proxies()), "10.0.0.1:5000");
    EXPECT_EQ(client_of(""), "10.0.0.1:5000");
    EXPECT_EQ(client_of(" , ,"), "10.0.0.1:5000");
}

TEST(client_address, is_what_the_proxy_wrote_last) {
    EXPECT_EQ(client_of("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(client_of("198.51.100.1, 192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(client_of("unknown,192.0.2.1 "), "192.0.2.1");
    EXPECT_EQ(client_of("2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(client_of("[2001:db8::1]"), "2001:db8::1");
    EXPECT_EQ(client_of("[2001:db8::1]:443"), "[2001:db8::1]:443");
    EXPECT_EQ(client_of("192.0.2.1:443"), "192.0.2.1:443");
    EXPECT_EQ(client_of("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(client_address, stands_behind_a_chain_of_trusted_proxies) {
    EXPECT_EQ(client_of("198.51.100.1, 192.0.2.1, 10.0.0.3, 10.0.0.2:80"), "192.0.2.1");
    EXPECT_EQ(client_of("192.0.2.1, fd00::2, [fd00::3]:80, ::ffff:10.0.0.2"), "192.0.2.1");
    EXPECT_EQ(client_of("10.0.0.3, 10.0.0.2"), "10.0.0.3");
}

TEST(client_address, is_the_last_one_known_where_the_chain_breaks) {
    EXPECT_EQ(client_of("unknown"), "10.0.0.1:5000");
    EXPECT_EQ(client_of("192.0.2.1, garbage"), "10.0.0.1:5000");
    EXPECT_EQ(client_of("192.0.2.1, unknown, 10.0.0.2"), "10.0.0.2");
    EXPECT_EQ(client_of("192.0.2.1, _hidden, 10.0.0.2"), "10.0.0.2");
    EXPECT_EQ(client_of("192.0.2.1, 10.0.0.2:99999"), "10.0.0.1:5000");
}

TEST(client_address, reads_several_headers_as_one) {
    const http_request request = request_with({{"x-forwarded-for", "198.51.100.1"},
                                               {"host", "example.org"},
                                               {"x-forwarded-for", "192.0.2.1, 10.0.0.2"}});

    EXPECT_EQ(client_address(request, proxies()), "192.0.2.1");
}

TEST(client_address, is_the_connections_whatever_a_stranger_says) {
    const http_request request = request_with({{"x-forwarded-for", "192.0.2.1"}}, false);

    EXPECT_EQ(client_address(request, proxies()), "10.0.0.1:5000");
    EXPECT_TRUE(is_forwarded_by_a_stranger(request));
    EXPECT_FALSE(is_forwarded_by_a_stranger(request_with({}, false)));
    EXPECT_FALSE(is_forwarded_by_a_stranger(request_with({{"x-forwarded-for", "192.0.2.1"}})));
}

TEST(requested_host, is_what_a_trusted_proxy_says_last) {
    EXPECT_EQ(requested_host(request_with({{"host", "inner:8080"}})), "inner:8080");
    EXPECT_EQ(requested_host(request_with({{"host", "inner"}, {"x-forwarded-host", ""}})), "inner");
    EXPECT_EQ(requested_host(request_with({{"host", "inner"}, {"x-forwarded-host", "example.org"}})),
              "example.org");
    EXPECT_EQ(requested_host(request_with({{"host", "inner"}, {"x-forwarded-host", "a.example, b.example"}})),
              "b.example");
    EXPECT_EQ(requested_host(request_with({{"host", "inner"}, {"x-forwarded-host", "example.org"}}, false)),
              "inner");
}

}  // namespace
}  // namespace fanwire
