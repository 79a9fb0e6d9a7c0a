#pragma once

#include <fanwire/close_code.hpp>

#include "net/connection_set.hpp"
#include "support/net_loop.hpp"
#include "support/socket_pair.hpp"
#include "support/ws_frames.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire::test {

/// Writes down what its connection tells it.
class recording_handler final : public connection_handler {
public:
    void on_message(payload_kind kind, std::string_view payload) override {
        messages.emplace_back(payload);
        kinds.push_back(kind);
        if (then) then(payload);
    }
    void on_alive() override { ++alive; }
    void on_closed(close_code code) override {
        closed.push_back(code);
        if (then_closed) then_closed();
    }

    std::vector<std::string> messages;
    std::vector<payload_kind> kinds;
    std::vector<close_code> closed;
    int alive = 0;
    std::function<void(std::string_view)> then;
    std::function<void()> then_closed;
};

/// A connection, its handler, and who is at the other end.
struct linked {
    connection* link;
    recording_handler* handler;
    raw_peer* peer;
};

template <poller_kind Poller, socket_pair (*Pair)()>
struct net_form {
    static constexpr poller_kind poller = Poller;
    static socket_pair make_pair() { return Pair(); }
};

using net_forms =
    ::testing::Types<net_form<poller_kind::epoll, tcp_pair>, net_form<poller_kind::epoll, local_pair>,
                     net_form<poller_kind::asio, tcp_pair>, net_form<poller_kind::asio, local_pair>>;

/// A connection set over each poller and each kind of socket.
template <class Form>
class connection_fixture : public ::testing::Test, public turn_handler {
public:
    void on_turn_end() override {
        ++turns_;
        if (at_turn_end_) at_turn_end_();
    }

protected:
    void use(const connection_options& options) {
        connections_.reset();
        poller_ = make_poller(loop_.context(), Form::poller);
        connections_ = std::make_unique<connection_set>(*poller_, options, *this);
    }

    void SetUp() override { use({}); }

    linked open(std::string left_over = {}) {
        socket_pair pair = Form::make_pair();
        linked made{.link = &connections_->open({std::move(pair.ours), std::move(left_over)}),
                    .handler = &handlers_.emplace_back(),
                    .peer = &loop_.add_peer(std::move(pair.theirs))};
        connections_->start(*made.link, *made.handler);
        return made;
    }

    /// A connection whose peer does not read, and whose socket is full but for less than one of these
    /// messages.
    linked open_stalled(const shared_chunk& filling) {
        linked made = open();
        made.peer->stop_reading();
        while (made.link->queued_bytes() == 0) made.link->send(filling);
        return made;
    }

    static shared_chunk texts(const std::vector<std::string>& payloads) {
        auto made = std::make_shared<chunk>();
        for (const auto& payload : payloads) made->append(payload_kind::text, payload);
        return made;
    }

    static std::string server_frame(opcode code, std::string payload) {
        return encode({.code = code, .payload = std::move(payload), .mask = {}});
    }

    static std::string server_close(unsigned code, std::string_view reason = {}) {
        return server_frame(opcode::close, big_endian(code, 2).append(reason));
    }

    [[nodiscard]] bool run_until(const std::function<bool()>& condition) {
        return loop_.run_until(condition);
    }

    net_loop loop_;
    std::list<recording_handler> handlers_;
    std::unique_ptr<poller> poller_;
    std::unique_ptr<connection_set> connections_;
    int turns_ = 0;
    std::function<void()> at_turn_end_;
};

}  // namespace fanwire::test
