#pragma once

#include "support/raw_peer.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <list>
#include <utility>

namespace fanwire::test {

/// An `io_context` and the raw peers that talk to it, on one thread.
class net_loop {
public:
    [[nodiscard]] boost::asio::io_context& context() { return context_; }

    raw_peer& add_peer(unique_fd socket) { return peers_.emplace_back(std::move(socket)); }
    void forget_peers() { peers_.clear(); }

    /// Runs both sides until the condition holds. False if it does not within ten seconds.
    [[nodiscard]] bool run_until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            turn(std::chrono::milliseconds(1));
        }
        return true;
    }

    /// Runs both sides as long as either has something to do.
    void settle() {
        for (int idle = 0; idle < 3;) idle = turn(std::chrono::milliseconds(1)) ? 0 : idle + 1;
    }

private:
    bool turn(std::chrono::milliseconds wait) {
        for (raw_peer& peer : peers_) peer.pump();
        context_.restart();
        std::size_t handlers = context_.run_one_for(wait);
        // Bounded, since what stays ready would be told for ever.
        while (handlers != 0 && handlers < handlers_per_turn && context_.poll_one() != 0) ++handlers;
        return handlers != 0;
    }

    static constexpr std::size_t handlers_per_turn = 200;

    boost::asio::io_context context_{1};
    std::list<raw_peer> peers_;
};

}  // namespace fanwire::test
