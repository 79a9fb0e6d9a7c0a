#include "net/proxy_header.hpp"

#include "support/proxy_headers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanwire::test {
namespace {

using status = proxy_header::status;

/// What a header says, as text: the client's address, `unknown`, `proxy`, `needs more` or `malformed`.
std::string reading_of(std::string_view received) {
    const proxy_header header = read_proxy_header(received);
    switch (header.state) {
        case status::needs_more:
            return "needs more";
        case status::malformed:
            return "malformed";
        case status::whole:
            break;
    }
    switch (header.about) {
        case proxy_header::subject::unknown:
            return "unknown";
        case proxy_header::subject::proxy:
            return "proxy";
        case proxy_header::subject::client:
            break;
    }
    return to_text(header.source);
}

std::string v1(std::string_view rest) { return "PROXY " + std::string(rest) + "\r\n"; }

std::vector<std::string> whole_headers() {
    return {v1("TCP4 192.0.2.1 192.0.2.2 5000 443"),
            v1("TCP6 2001:db8::1 2001:db8::2 5000 443"),
            v1("UNKNOWN"),
            v1("UNKNOWN ffff::ffff ffff::ffff 65535 65535"),
            proxy_v2(0x21, 0x11, proxy_v2_ipv4_block),
            proxy_v2(0x21, 0x21, proxy_v2_ipv6_block()),
            proxy_v2(0x21, 0x31, std::string(216, 'u')),
            proxy_v2(0x20, 0x00, ""),
            proxy_v2(0x20, 0x11, proxy_v2_ipv4_block),
            proxy_v2(0x21, 0x11, std::string(proxy_v2_ipv4_block) + std::string(300, 't'))};
}

TEST(proxy_header, names_the_client_in_version_1) {
    EXPECT_EQ(reading_of(v1("TCP4 192.0.2.1 192.0.2.2 5000 443")), "192.0.2.1:5000");
    EXPECT_EQ(reading_of(v1("TCP4 255.255.255.255 255.255.255.255 65535 65535")), "255.255.255.255:65535");
    EXPECT_EQ(reading_of(v1("TCP6 2001:db8::1 2001:db8::2 5000 0")), "[2001:db8::1]:5000");
    EXPECT_EQ(reading_of(v1("TCP6 ::ffff:192.0.2.1 ::1 5000 443")), "192.0.2.1:5000");
}

TEST(proxy_header, names_the_client_in_version_2) {
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x11, proxy_v2_ipv4_block)), "192.0.2.1:5000");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x12, proxy_v2_ipv4_block)), "192.0.2.1:5000");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x21, proxy_v2_ipv6_block())), "[2001:db8::1]:5000");
}

TEST(proxy_header, may_know_no_address) {
    EXPECT_EQ(reading_of(v1("UNKNOWN")), "unknown");
    EXPECT_EQ(reading_of(v1("UNKNOWN and whatever")), "unknown");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x00, "")), "unknown");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x00, "anything")), "unknown");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x10, proxy_v2_ipv4_block)), "unknown");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x31, std::string(216, 'u'))), "unknown");
}

TEST(proxy_header, may_be_about_the_proxy_itself) {
    EXPECT_EQ(reading_of(proxy_v2(0x20, 0x00, "")), "proxy");
    EXPECT_EQ(reading_of(proxy_v2(0x20, 0xFF, "anything")), "proxy");
}

TEST(proxy_header, is_read_alike_at_any_cut) {
    for (const std::string& header : whole_headers()) {
        const std::string whole = reading_of(header);
        for (std::size_t cut = 0; cut < header.size(); ++cut) {
            ASSERT_EQ(reading_of(header.substr(0, cut)), "needs more") << header << " at " << cut;
        }
        ASSERT_NE(whole, "malformed") << header;
        ASSERT_EQ(read_proxy_header(header).bytes, header.size()) << header;
        ASSERT_EQ(reading_of(header + "GET / HTTP/1.1\r\n\r\n"), whole) << header;
        ASSERT_EQ(read_proxy_header(header + std::string(2000, '\n')).bytes, header.size()) << header;
    }
}

TEST(proxy_header, has_at_most_107_bytes_in_version_1) {
    const std::string longest = v1("UNKNOWN " + std::string(107 - 16, 'x'));
    ASSERT_EQ(longest.size(), 107U);

    EXPECT_EQ(reading_of(longest), "unknown");
    EXPECT_EQ(reading_of(v1("UNKNOWN " + std::string(107 - 15, 'x'))), "malformed");
    EXPECT_EQ(reading_of("PROXY " + std::string(100, 'x')), "needs more");
    EXPECT_EQ(reading_of("PROXY " + std::string(101, 'x')), "malformed");
}

TEST(proxy_header, has_at_most_1024_bytes_in_version_2_and_says_so_early) {
    const std::string longest =
        proxy_v2(0x21, 0x11, std::string(proxy_v2_ipv4_block) + std::string(longest_proxy_header - 28, 't'));
    const std::string longer =
        proxy_v2(0x21, 0x11, std::string(proxy_v2_ipv4_block) + std::string(longest_proxy_header - 27, 't'));

    EXPECT_EQ(reading_of(longest), "192.0.2.1:5000");
    EXPECT_EQ(reading_of(longer), "malformed");
    EXPECT_EQ(reading_of(longer.substr(0, 16)), "malformed");
    EXPECT_EQ(reading_of(longer.substr(0, 15)), "needs more");
}

TEST(proxy_header, is_malformed_as_soon_as_it_is_not_one) {
    for (const std::string_view start :
         {"G", "GET / HTTP/1.1\r\n", "PR ", "PROXY\t", "proxy ", "\r\n\r\n\r", "\r\r"}) {
        EXPECT_EQ(reading_of(start), "malformed") << start;
    }
    EXPECT_EQ(reading_of(""), "needs more");
}

TEST(proxy_header, is_malformed_where_version_1_is_not_spelt_exactly) {
    for (const std::string_view rest : {"",
                                        " ",
                                        "TCP4",
                                        "TCP5 192.0.2.1 192.0.2.2 5000 443",
                                        "tcp4 192.0.2.1 192.0.2.2 5000 443",
                                        "UNKNOWNS",
                                        "TCP4 192.0.2.1 192.0.2.2 5000",
                                        "TCP4 192.0.2.1 192.0.2.2 5000 443 1",
                                        "TCP4  192.0.2.1 192.0.2.2 5000 443",
                                        "TCP4 192.0.2.1 192.0.2.2 5000 443 ",
                                        "TCP4 192.0.2.1 192.0.2.2 5000 65536",
                                        "TCP4 192.0.2.1 192.0.2.2 05000 443",
                                        "TCP4 192.0.2.1 192.0.2.2 -1 443",
                                        "TCP4 192.0.2.1 192.0.2.2 5000 4x3",
                                        "TCP4 192.0.2.1 192.0.2.2  443",
                                        "TCP4 2001:db8::1 2001:db8::2 5000 443",
                                        "TCP6 192.0.2.1 192.0.2.2 5000 443",
                                        "TCP4 192.0.2.1 2001:db8::2 5000 443",
                                        "TCP4 192.0.2.256 192.0.2.2 5000 443",
                                        "TCP6 fe80::1%1 fe80::2 5000 443",
                                        "TCP6 [::1] ::1 5000 443",
                                        "TCP4 192.0.2.1 host 5000 443",
                                        "TCP4 192.0.2.1 192.0.2.2 5000 443\r",
                                        "TCP4 192.0.2.1 192.0.2.2 5000 443\n"}) {
        EXPECT_EQ(reading_of(v1(rest)), "malformed") << rest;
    }
    EXPECT_EQ(reading_of("PROXY\r\n"), "malformed");
    EXPECT_EQ(reading_of("PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\n"), "needs more");
}

TEST(proxy_header, is_malformed_where_version_2_says_what_is_not_known) {
    for (const unsigned command : {0x00U, 0x11U, 0x22U, 0x2FU, 0x31U}) {
        EXPECT_EQ(reading_of(proxy_v2(command, 0x11, proxy_v2_ipv4_block)), "malformed") << command;
    }
    for (const unsigned kinds : {0x13U, 0x1FU, 0x41U, 0xF1U}) {
        EXPECT_EQ(reading_of(proxy_v2(0x21, kinds, std::string(216, 'x'))), "malformed") << kinds;
    }
}

TEST(proxy_header, is_malformed_where_version_2_is_too_short_for_its_addresses) {
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x11, proxy_v2_ipv4_block.substr(1))), "malformed");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x21, proxy_v2_ipv6_block().substr(1))), "malformed");
    EXPECT_EQ(reading_of(proxy_v2(0x21, 0x31, std::string(215, 'u'))), "malformed");
}

}  // namespace
}  // namespace fanwire::test
