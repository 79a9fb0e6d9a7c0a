#include "support/http_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace fanwire::test {

namespace {

using namespace std::chrono_literals;

class http_session_limits : public http_fixture {
protected:
    void expect_status(std::string_view request, std::string_view status) {
        const raw_peer& peer = open_and_send(request);
        EXPECT_TRUE(run_until_end(peer)) << request;
        EXPECT_TRUE(peer.received().starts_with("HTTP/1.1 " + std::string(status) + " "))
            << request << peer.received();
        EXPECT_TRUE(seen_.empty()) << request;
        EXPECT_FALSE(peer.has_seen_reset());
        loop_.forget_peers();
    }
};

/// A request whose head has just so many bytes.
std::string head_of(std::size_t bytes) {
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n";
    head.insert(head.size() - 4, bytes - head.size(), 'x');
    return head;
}

std::string body_of(std::size_t bytes) {
    return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
           std::string(bytes, 'b');
}

std::string chunks_of(std::size_t count) {
    std::string request = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t i = 0; i < count; ++i) request += "a\r\n0123456789\r\n";
    return request + "0\r\n\r\n";
}

TEST_F(http_session_limits, takes_a_head_at_the_limit_and_refuses_one_beyond) {
    use({.max_header_bytes = 1000});
    expect_status(head_of(1001), "431");
    expect_status(head_of(100'000), "431");
    EXPECT_EQ(sessions_->stats().too_large.value(), 2U);

    const raw_peer& peer = open_and_send(head_of(1000));

    EXPECT_TRUE(run_until([&] { return ends_with_body(peer); })) << peer.received();
}

TEST_F(http_session_limits, refuses_a_head_that_never_ends) {
    expect_status("GET /" + std::string(9000, 'a'), "431");
    expect_status("GET / HTTP/1.1\r\nHost: h\r\n" + std::string(9000, 'a'), "431");
}

TEST_F(http_session_limits, takes_a_body_at_the_limit_and_refuses_one_beyond) {
    use({.max_body_bytes = 1000});
    expect_status(body_of(1001), "413");
    expect_status(body_of(1'000'000), "413");
    expect_status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999\r\n\r\n", "413");
    expect_status(chunks_of(101), "413");
    EXPECT_EQ(sessions_->stats().too_large.value(), 4U);

    const raw_peer& whole = open_and_send(body_of(1000));
    EXPECT_TRUE(run_until([&] { return ends_with_body(whole); })) << whole.received();
    const raw_peer& chunked = open_and_send(chunks_of(100));
    EXPECT_TRUE(run_until([&] { return ends_with_body(chunked); })) << chunked.received();
}

TEST_F(http_session_limits, refuses_what_is_no_request) {
    for (const std::string request : {
             "\x16\x03\x01\x02\x01\x01 TLS\r\n\r\n",
             "hello\r\n\r\n",
             "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
             "GET / HTTP/1.1\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
             "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01z\r\n\r\n",
             "GET / HTTP/1.1\nHost: h\n\n",
             "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
             "GET /\x7f HTTP/1.1\r\nHost: h\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
         }) {
        expect_status(request, "400");
    }
    EXPECT_EQ(sessions_->stats().malformed.value(), 14U);
}

TEST_F(http_session_limits, says_nothing_to_a_client_that_ends_before_its_request) {
    raw_peer& peer = open_and_send("GET / HTTP/1.1\r\nHo");
    peer.pump();
    peer.end_stream();

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_EQ(peer.received(), "");
    EXPECT_EQ(sessions_->size(), 0U);
}

TEST_F(http_session_limits, cuts_a_client_that_sends_its_head_drop_by_drop) {
    use({.timeout = 100ms});
    raw_peer& peer = open();
    const std::string head = "GET / HTTP/1.1\r\nX: " + std::string(4000, 'x');
    std::size_t sent = 0;

    ASSERT_TRUE(run_until([&] {
        if (peer.has_sent_all() && sent < head.size()) peer.send(head.substr(sent++, 1));
        return peer.has_seen_end();
    }));

    EXPECT_GT(sent, 1U);
    EXPECT_TRUE(seen_.empty());
    EXPECT_EQ(peer.received(), "");
    EXPECT_EQ(sessions_->stats().timeouts.value(), 1U);
}

TEST_F(http_session_limits, cuts_a_client_that_says_nothing) {
    use({.timeout = 50ms});
    const raw_peer& peer = open();

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_EQ(sessions_->stats().timeouts.value(), 1U);
}

TEST_F(http_session_limits, ends_a_conversation_that_rests_and_counts_no_fault) {
    use({.timeout = 50ms});
    const raw_peer& peer = open_and_send(some_get);

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_TRUE(ends_with_body(peer));
    EXPECT_EQ(sessions_->stats().timeouts.value(), 0U);
}

TEST_F(http_session_limits, lets_an_answer_take_longer_than_a_request_may) {
    use({.timeout = 50ms});
    answers_at_once_ = false;
    const raw_peer& peer = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    const auto later = clock::now() + 150ms;
    ASSERT_TRUE(run_until([&] { return clock::now() > later; }));
    answer_waiting();

    ASSERT_TRUE(run_until([&] { return ends_with_body(peer); }));
}

TEST_F(http_session_limits, cuts_a_client_that_does_not_read_its_answer) {
    use({.timeout = 50ms});
    answers_at_once_ = false;
    raw_peer& peer = open_and_send(some_get);
    peer.stop_reading();
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    std::string body;
    body.resize(50'000'000, 'b');
    waiting_.back().respond({.status = 200, .content_type = "", .body = std::move(body), .headers = {}});
    waiting_.clear();

    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    EXPECT_EQ(sessions_->stats().timeouts.value(), 1U);
}

}  // namespace

}  // namespace fanwire::test
