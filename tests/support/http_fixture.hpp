#pragma once

#include "net/http_session_set.hpp"
#include "support/net_loop.hpp"
#include "support/socket_pair.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire::test {

inline constexpr std::string_view some_get = "GET /page?x=1 HTTP/1.1\r\nHost: example.org\r\nX-A: b\r\n\r\n";

inline constexpr std::string_view some_handshake =
    "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: a, b\r\n\r\n";

inline constexpr std::string_view handshake_answer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: b\r\n\r\n";

/// HTTP sessions whose handler answers at once, or later where `answers_at_once` says so.
class http_fixture : public ::testing::Test, private http_handler {
protected:
    struct seen_request {
        std::string method;
        std::string target;
        http_headers headers;
        std::string body;
        std::string remote_address;
        bool is_upgrade;
        bool is_from_proxy;
    };

    void use(const http_options& options) {
        sessions_ = std::make_unique<http_session_set>(loop_.context(), options, handler());
    }
    void SetUp() override { use({}); }

    raw_peer& open() {
        socket_pair sockets = tcp_pair();
        sessions_->open({.socket = std::move(sockets.ours), .remote_address = "192.0.2.1:5000"});
        return loop_.add_peer(std::move(sockets.theirs));
    }

    raw_peer& open_and_send(std::string_view bytes) {
        raw_peer& peer = open();
        peer.send(bytes);
        return peer;
    }

    void answer(http_responder responder, bool is_upgrade) {
        if (is_upgrade) {
            responder.upgrade("b", [this](upgraded_socket socket) {
                upgraded_ = std::make_unique<upgraded_socket>(std::move(socket));
            });
        } else {
            responder.respond({.status = 200,
                               .content_type = "text/plain",
                               .body = "hello",
                               .headers = {{"X-Extra", "1"}}});
        }
    }

    /// Answers what waits.
    void answer_waiting() {
        for (auto& responder : std::exchange(waiting_, {})) {
            answer(std::move(responder), seen_.back().is_upgrade);
        }
    }

    [[nodiscard]] bool run_until(const std::function<bool()>& condition) {
        return loop_.run_until(condition);
    }
    [[nodiscard]] bool run_until_end(const raw_peer& peer) {
        return run_until([&] { return peer.has_seen_end(); });
    }

    net_loop loop_;
    std::unique_ptr<http_session_set> sessions_;
    std::vector<seen_request> seen_;
    std::vector<http_responder> waiting_;
    std::unique_ptr<upgraded_socket> upgraded_;
    bool answers_at_once_ = true;

private:
    http_handler& handler() { return *this; }

    void on_request(const http_request& request, http_responder responder) override {
        seen_.push_back({.method = std::string(request.method),
                         .target = std::string(request.target),
                         .headers = request.headers,
                         .body = std::string(request.body),
                         .remote_address = std::string(request.remote_address),
                         .is_upgrade = request.is_upgrade,
                         .is_from_proxy = request.is_from_proxy});
        if (answers_at_once_) {
            answer(std::move(responder), request.is_upgrade);
        } else {
            waiting_.push_back(std::move(responder));
        }
    }
};

inline bool ends_with_body(const raw_peer& peer) { return peer.received().ends_with("\r\n\r\nhello"); }

}  // namespace fanwire::test
