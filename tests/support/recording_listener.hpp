#pragma once

#include "bus/bus.hpp"
#include "support/queue_executor.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fanwire::test {

/// A shard that writes down what the bus tells it, and checks that it is told on its own thread.
class recording_listener final : public bus_listener {
public:
    explicit recording_listener(const queue_executor& home) : home_(home) {}

    void on_message(const shared_message& message) override {
        EXPECT_TRUE(home_.is_current());
        heard_.push_back(message->payload);
        last_ = message;
    }

    void on_lost() override { states_.emplace_back("lost"); }
    void on_restored(std::int64_t missing_since) override {
        states_.push_back("restored " + std::to_string(missing_since));
    }

    /// What it was told of the bus since the last call.
    [[nodiscard]] std::vector<std::string> states() { return std::exchange(states_, {}); }
    /// The payloads since the last call.
    [[nodiscard]] std::vector<std::string> heard() { return std::exchange(heard_, {}); }
    [[nodiscard]] const shared_message& last() const noexcept { return last_; }

private:
    const queue_executor& home_;
    std::vector<std::string> heard_;
    std::vector<std::string> states_;
    shared_message last_;
};

inline shared_message message_to(std::string room, std::string payload) {
    return std::make_shared<room_message>(
        room_message{.room = std::move(room), .payload = std::move(payload)});
}

}  // namespace fanwire::test
