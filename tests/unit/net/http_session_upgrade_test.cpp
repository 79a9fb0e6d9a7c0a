#include "support/http_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace fanwire::test {

namespace {

class http_session_upgrade : public http_fixture {
protected:
    /// What a client sent behind its handshake, as its new owner finds it.
    std::string take_rest(std::size_t bytes) {
        std::string rest = upgraded_->left_over;
        std::array<char, 4096> buffer{};
        EXPECT_TRUE(run_until([&] {
            const ssize_t got = ::recv(upgraded_->socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got > 0) rest.append(buffer.data(), static_cast<std::size_t>(got));
            return rest.size() >= bytes;
        }));
        return rest;
    }
};

TEST_F(http_session_upgrade, hands_the_socket_over_when_the_client_was_told) {
    const raw_peer& peer = open_and_send(some_handshake);

    ASSERT_TRUE(run_until([&] { return upgraded_ != nullptr; }));
    ASSERT_TRUE(run_until([&] { return peer.received().size() == handshake_answer.size(); }));
    EXPECT_EQ(peer.received(), handshake_answer);
    EXPECT_TRUE(seen_.at(0).is_upgrade);
    EXPECT_EQ(upgraded_->left_over, "");
    EXPECT_NE(::fcntl(upgraded_->socket.get(), F_GETFL) & O_NONBLOCK, 0);
    ASSERT_EQ(::send(upgraded_->socket.get(), "x", 1, MSG_NOSIGNAL), 1);
    ASSERT_TRUE(run_until([&] { return peer.received().ends_with("x"); }));
    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    EXPECT_EQ(sessions_->stats().upgrades.value(), 1U);
}

TEST_F(http_session_upgrade, hands_the_socket_over_before_it_returns) {
    answers_at_once_ = false;
    open_and_send(some_handshake);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    answer_waiting();

    EXPECT_TRUE(upgraded_ != nullptr);
}

TEST_F(http_session_upgrade, waits_where_the_answer_finds_no_room) {
    answers_at_once_ = false;
    socket_pair sockets = tcp_pair();
    const unique_fd ours(::dup(sockets.ours.get()));
    sessions_->open({.socket = std::move(sockets.ours), .remote_address = "192.0.2.1:5000"});
    raw_peer& peer = loop_.add_peer(std::move(sockets.theirs));
    peer.send(some_handshake);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));
    const std::string junk(1 << 16, 'x');
    while (::send(ours.get(), junk.data(), junk.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
    }

    answer_waiting();

    EXPECT_TRUE(upgraded_ == nullptr);
    ASSERT_TRUE(run_until([&] { return upgraded_ != nullptr; }));
    ASSERT_TRUE(run_until([&] { return peer.received().ends_with("x" + std::string(handshake_answer)); }));
}

TEST_F(http_session_upgrade, loses_no_byte_at_any_cut) {
    const std::string behind(200, 'x');
    const std::string wire = std::string(some_handshake) + behind;
    for (std::size_t cut = 1; cut < wire.size(); ++cut) {
        raw_peer& peer = open_and_send(wire.substr(0, cut));
        ASSERT_TRUE(run_until([&] { return peer.has_sent_all(); }));
        loop_.settle();
        peer.send(wire.substr(cut));

        ASSERT_TRUE(run_until([&] { return upgraded_ != nullptr; })) << cut;
        ASSERT_EQ(take_rest(behind.size()), behind) << cut;
        upgraded_.reset();
        loop_.forget_peers();
    }
}

TEST_F(http_session_upgrade, keeps_what_comes_while_the_answer_is_due) {
    answers_at_once_ = false;
    raw_peer& peer = open_and_send(std::string(some_handshake) + "one ");
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));
    peer.send(std::string(100'000, 'y'));
    loop_.settle();
    EXPECT_EQ(peer.received(), "");

    answer_waiting();

    ASSERT_TRUE(run_until([&] { return upgraded_ != nullptr; }));
    EXPECT_EQ(take_rest(100'004), "one " + std::string(100'000, 'y'));
}

TEST_F(http_session_upgrade, drops_the_owner_of_a_socket_that_broke_meanwhile) {
    answers_at_once_ = false;
    raw_peer& peer = open_and_send(some_handshake);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));
    peer.reset();
    loop_.settle();
    const auto token = std::make_shared<int>();

    waiting_.back().upgrade("", [this, token](upgraded_socket socket) {
        upgraded_ = std::make_unique<upgraded_socket>(std::move(socket));
    });
    waiting_.clear();

    ASSERT_TRUE(run_until([&] { return sessions_->size() == 0; }));
    EXPECT_FALSE(upgraded_ != nullptr);
    EXPECT_EQ(token.use_count(), 1);
}

TEST_F(http_session_upgrade, may_be_refused_later) {
    answers_at_once_ = false;
    const raw_peer& peer = open_and_send(some_handshake);
    ASSERT_TRUE(run_until([&] { return seen_.size() == 1; }));

    waiting_.back().respond({.status = 403, .content_type = "text/plain", .body = "no", .headers = {}});
    waiting_.clear();

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_TRUE(peer.received().starts_with("HTTP/1.1 403 Forbidden\r\n")) << peer.received();
}

TEST_F(http_session_upgrade, comes_after_other_requests_too) {
    raw_peer& peer = open_and_send(std::string(some_get) + std::string(some_handshake) + "rest");

    ASSERT_TRUE(run_until([&] { return upgraded_ != nullptr; }));
    EXPECT_EQ(take_rest(4), "rest");
    ASSERT_TRUE(run_until([&] { return peer.received().ends_with(handshake_answer); }));
}

TEST_F(http_session_upgrade, names_the_version_that_it_speaks) {
    std::string request(some_handshake);
    request.replace(request.find("Version: 13"), 11, "Version: 8 ");

    const raw_peer& peer = open_and_send(request);

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_TRUE(peer.received().starts_with("HTTP/1.1 426 Upgrade Required\r\n")) << peer.received();
    EXPECT_NE(peer.received().find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
    EXPECT_NE(peer.received().find("Upgrade: websocket\r\n"), std::string::npos);
    EXPECT_TRUE(seen_.empty());
}

TEST_F(http_session_upgrade, says_what_is_wrong_with_a_handshake) {
    std::string request(some_handshake);
    request.replace(request.find("Connection: Upgrade"), 19, "Connection: close  ");

    const raw_peer& peer = open_and_send(request);

    ASSERT_TRUE(run_until_end(peer));
    EXPECT_TRUE(peer.received().starts_with("HTTP/1.1 400 ")) << peer.received();
    EXPECT_NE(peer.received().find("Connection header"), std::string::npos);
    EXPECT_TRUE(seen_.empty());
    EXPECT_EQ(sessions_->stats().malformed.value(), 1U);
}

}  // namespace

}  // namespace fanwire::test
