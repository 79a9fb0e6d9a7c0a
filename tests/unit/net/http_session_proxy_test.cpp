#include "support/http_fixture.hpp"
#include "support/proxy_headers.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace fanwire::test {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view v1_header = "PROXY TCP4 203.0.113.7 192.0.2.2 4000 443\r\n";

/// The connections of http_fixture come from 192.0.2.1.
class http_session_proxy : public http_fixture {
protected:
    void SetUp() override { trust("192.0.2.0/24"); }

    void trust(const std::string& network, duration timeout = 10s) {
        use({.timeout = timeout, .proxies = trusted_networks({network}), .expects_proxy_header = true});
    }

    /// Where the request that comes behind `header` is said to come from.
    seen_request request_behind(std::string_view header) {
        open_and_send(std::string(header) + std::string(some_get));
        EXPECT_TRUE(run_until([&] { return !seen_.empty(); })) << header;
        return seen_.at(0);
    }
};

TEST_F(http_session_proxy, shows_the_client_that_the_header_names) {
    const seen_request seen = request_behind(v1_header);

    EXPECT_EQ(seen.remote_address, "203.0.113.7:4000");
    EXPECT_FALSE(seen.is_from_proxy);
    EXPECT_EQ(seen.target, "/page?x=1");
}

TEST_F(http_session_proxy, believes_a_client_that_is_a_trusted_proxy_too) {
    const seen_request seen = request_behind(proxy_v2(0x21, 0x11, proxy_v2_ipv4_block));

    EXPECT_EQ(seen.remote_address, "192.0.2.1:5000");
    EXPECT_TRUE(seen.is_from_proxy);
}

TEST_F(http_session_proxy, keeps_the_address_where_the_proxy_speaks_for_itself) {
    const seen_request seen = request_behind(proxy_v2(0x20, 0x00, ""));

    EXPECT_EQ(seen.remote_address, "192.0.2.1:5000");
    EXPECT_TRUE(seen.is_from_proxy);
}

TEST_F(http_session_proxy, believes_no_headers_of_a_client_without_an_address) {
    const seen_request seen = request_behind("PROXY UNKNOWN\r\n");

    EXPECT_EQ(seen.remote_address, "192.0.2.1:5000");
    EXPECT_FALSE(seen.is_from_proxy);
}

TEST_F(http_session_proxy, takes_header_and_request_at_any_cut) {
    for (const std::string& header : {std::string(v1_header), proxy_v2(0x21, 0x21, proxy_v2_ipv6_block())}) {
        const std::string wire = header + std::string(some_get);
        for (std::size_t cut = 1; cut < wire.size(); ++cut) {
            raw_peer& peer = open_and_send(wire.substr(0, cut));
            ASSERT_TRUE(run_until([&] { return peer.has_sent_all(); }));
            loop_.settle();
            peer.send(wire.substr(cut));

            ASSERT_TRUE(run_until([&] { return ends_with_body(peer); })) << cut;
            loop_.forget_peers();
        }
    }
}

TEST_F(http_session_proxy, reads_one_header_a_connection) {
    raw_peer& peer = open_and_send(std::string(v1_header) + std::string(some_get) + std::string(some_get));
    ASSERT_TRUE(run_until([&] { return seen_.size() == 2; }));
    EXPECT_EQ(seen_[1].remote_address, "203.0.113.7:4000");

    peer.send(v1_header);

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_EQ(sessions_->stats().malformed.value(), 1U);
}

TEST_F(http_session_proxy, closes_what_begins_with_something_else_and_counts_it) {
    const raw_peer& peer = open_and_send(some_get);

    ASSERT_TRUE(run_until([&] { return peer.has_seen_end() || peer.has_seen_reset(); }));
    EXPECT_EQ(peer.received(), "");
    EXPECT_TRUE(seen_.empty());
    EXPECT_EQ(sessions_->stats().bad_proxy_headers.value(), 1U);
    EXPECT_EQ(sessions_->size(), 0U);
}

TEST_F(http_session_proxy, closes_what_sends_no_whole_header_in_time) {
    trust("192.0.2.0/24", 50ms);
    const raw_peer& silent = open();
    const raw_peer& slow = open_and_send(v1_header.substr(0, 20));

    ASSERT_TRUE(run_until([&] { return silent.has_seen_end() && slow.has_seen_end(); }));
    EXPECT_EQ(sessions_->stats().bad_proxy_headers.value(), 2U);
}

TEST_F(http_session_proxy, gives_header_and_request_one_deadline) {
    trust("192.0.2.0/24", 50ms);
    const raw_peer& peer = open_and_send(v1_header);

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_EQ(sessions_->stats().timeouts.value(), 1U);
    EXPECT_EQ(sessions_->stats().bad_proxy_headers.value(), 0U);
}

TEST_F(http_session_proxy, counts_no_proxy_that_only_looks_whether_somebody_listens) {
    raw_peer& peer = open();
    peer.end_stream();

    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    EXPECT_EQ(sessions_->stats().bad_proxy_headers.value(), 0U);
}

TEST_F(http_session_proxy, ends_what_waits_for_a_header_at_once_when_it_stops) {
    const raw_peer& peer = open_and_send(v1_header.substr(0, 20));
    loop_.settle();

    sessions_->stop();

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_EQ(sessions_->stats().bad_proxy_headers.value(), 0U);
}

TEST_F(http_session_proxy, looks_for_no_header_of_strangers) {
    trust("198.51.100.0/24");

    EXPECT_EQ(request_behind("").remote_address, "192.0.2.1:5000");
    EXPECT_FALSE(seen_[0].is_from_proxy);
    const raw_peer& liar = open_and_send(std::string(v1_header) + std::string(some_get));
    ASSERT_TRUE(run_until_end(liar));
    EXPECT_TRUE(liar.received().starts_with("HTTP/1.1 400 ")) << liar.received();
}

TEST_F(http_session_proxy, looks_for_no_header_unless_asked_to) {
    use({.proxies = trusted_networks({"192.0.2.1"})});

    EXPECT_EQ(request_behind("").remote_address, "192.0.2.1:5000");
    EXPECT_TRUE(seen_[0].is_from_proxy);
}

}  // namespace

}  // namespace fanwire::test
