#include "net/http_session.hpp"

#include "support/http_fixture.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire::test {

namespace {

class http_session_requests : public http_fixture {};

TEST_F(http_session_requests, gives_the_handler_the_whole_request) {
    const raw_peer& peer = open_and_send(
        "POST /api?a=b HTTP/1.1\r\nHost: h\r\nX-One: 1 \r\nx-one: 2\r\nContent-Length: 4\r\n\r\nbody");

    ASSERT_TRUE(run_until([&] { return ends_with_body(peer); }));
    ASSERT_EQ(seen_.size(), 1U);
    EXPECT_EQ(seen_[0].method, "POST");
    EXPECT_EQ(seen_[0].target, "/api?a=b");
    EXPECT_EQ(seen_[0].headers,
              (http_headers{{"host", "h"}, {"x-one", "1"}, {"x-one", "2"}, {"content-length", "4"}}));
    EXPECT_EQ(seen_[0].body, "body");
    EXPECT_EQ(seen_[0].remote_address, "192.0.2.1:5000");
    EXPECT_FALSE(seen_[0].is_upgrade);
    EXPECT_EQ(sessions_->stats().requests.value(), 1U);
}

TEST_F(http_session_requests, takes_a_request_cut_at_any_offset) {
    const std::string request =
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
        raw_peer& peer = open_and_send(request.substr(0, cut));
        loop_.settle();
        EXPECT_EQ(seen_.size(), cut - 1);

        peer.send(request.substr(cut));

        ASSERT_TRUE(run_until([&] { return ends_with_body(peer); })) << cut;
        EXPECT_EQ(seen_.back().body, "body");
        loop_.forget_peers();
    }
}

TEST_F(http_session_requests, answers_with_status_type_length_and_date) {
    const raw_peer& peer = open_and_send(some_get);

    ASSERT_TRUE(run_until([&] { return ends_with_body(peer); }));
    const std::string& answer = peer.received();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nContent-Type: text/plain\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\nContent-Length: 5\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\nX-Extra: 1\r\n"), std::string::npos);
    EXPECT_NE(answer.find(" GMT\r\n"), std::string::npos);
}

TEST_F(http_session_requests, keeps_the_conversation_for_more_requests) {
    raw_peer& peer = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return ends_with_body(peer); }));

    peer.send(std::string(some_get) + std::string(some_get));

    ASSERT_TRUE(run_until([&] { return seen_.size() == 3; }));
    loop_.settle();
    EXPECT_FALSE(peer.has_seen_end());
    EXPECT_EQ(sessions_->size(), 1U);
    peer.close();
    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    EXPECT_EQ(sessions_->stats().malformed.value(), 0U);
}

TEST_F(http_session_requests, ends_it_when_the_client_wants_so) {
    const raw_peer& closing = open_and_send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const raw_peer& old = open_and_send("GET / HTTP/1.0\r\n\r\n");

    ASSERT_TRUE(run_until_end(closing));
    ASSERT_TRUE(run_until_end(old));
    EXPECT_TRUE(ends_with_body(closing));
    EXPECT_TRUE(ends_with_body(old));
    EXPECT_EQ(seen_.size(), 2U);
}

TEST_F(http_session_requests, sends_a_head_without_a_body) {
    const raw_peer& peer = open_and_send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");

    ASSERT_TRUE(run_until([&] { return peer.received().ends_with("\r\n\r\n"); }));
    EXPECT_NE(peer.received().find("Content-Length: 5\r\n"), std::string::npos);
}

TEST_F(http_session_requests, waits_for_an_answer_that_comes_later) {
    answers_at_once_ = false;
    raw_peer& peer = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));
    peer.send(some_get);
    loop_.settle();
    EXPECT_EQ(seen_.size(), 1U);

    answer_waiting();

    ASSERT_TRUE(run_until([&] { return ends_with_body(peer); }));
    ASSERT_TRUE(run_until([&] { return seen_.size() == 2; }));
}

TEST_F(http_session_requests, says_500_when_the_answer_is_dropped) {
    answers_at_once_ = false;
    const raw_peer& peer = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    waiting_.clear();

    ASSERT_TRUE(run_until([&] { return peer.received().starts_with("HTTP/1.1 500 "); }));
}

TEST_F(http_session_requests, bears_a_client_that_goes_before_its_answer) {
    answers_at_once_ = false;
    raw_peer& peer = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    peer.reset();
    loop_.settle();
    answer_waiting();

    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
}

TEST_F(http_session_requests, finishes_what_is_due_when_it_stops) {
    answers_at_once_ = false;
    const raw_peer& idle = open();
    const raw_peer& asking = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    sessions_->stop();

    ASSERT_TRUE(run_until_end(idle));
    EXPECT_EQ(sessions_->size(), 1U);
    answer_waiting();
    ASSERT_TRUE(run_until_end(asking));
    EXPECT_TRUE(ends_with_body(asking));
    EXPECT_NE(asking.received().find("Connection: close\r\n"), std::string::npos);
}

TEST_F(http_session_requests, may_end_before_its_responders) {
    answers_at_once_ = false;
    const raw_peer& peer = open_and_send(some_get);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    sessions_.reset();

    ASSERT_TRUE(run_until_end(peer));
    answer_waiting();
    loop_.settle();
    EXPECT_EQ(peer.received(), "");
}

TEST_F(http_session_requests, leaks_no_descriptor_over_a_thousand_conversations) {
    open().close();
    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    loop_.forget_peers();
    const auto before = count_descriptors();

    for (int i = 0; i < 1000; ++i) {
        raw_peer& peer = open_and_send(i % 2 == 0 ? some_get : some_handshake);
        ASSERT_TRUE(run_until([&] { return !peer.received().empty(); }));
        if (i % 3 == 0) peer.reset();
        loop_.forget_peers();
        upgraded_.reset();
    }

    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    upgraded_.reset();
    EXPECT_EQ(count_descriptors(), before);
}

}  // namespace

}  // namespace fanwire::test
