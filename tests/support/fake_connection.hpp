#pragma once

#include "net/connection.hpp"
#include "support/chunk_reading.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire::test {

/// A connection without a socket: writes down what it is told to do.
class fake_connection final : public connection {
public:
    void send(const shared_chunk& messages) override {
        if (is_dead_ || closed_) return;
        EXPECT_FALSE(messages->is_empty());
        ++sends_;
        last_ = messages->bytes().data();
        for (read_message& one : read_messages(messages->bytes()))
            received_.push_back(std::move(one.payload));
        check_ends(*messages);
    }
    void ping() override { ++pings_; }
    void close(close_code code, std::string_view reason) override {
        EXPECT_FALSE(closed_) << "closed twice";
        closed_ = code;
        reason_ = reason;
    }
    void abort() override {
        is_dead_ = true;
        ++aborts_;
    }
    void pause() override {
        EXPECT_FALSE(is_paused_);
        is_paused_ = true;
    }
    void resume() override {
        EXPECT_TRUE(is_paused_);
        is_paused_ = false;
    }
    [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }

    /// The peer is gone, and the owner not told yet: nothing arrives any more.
    void die() noexcept { is_dead_ = true; }

    /// The payloads that arrived since the last call.
    [[nodiscard]] std::vector<std::string> received() { return std::exchange(received_, {}); }
    /// How many sends brought them.
    [[nodiscard]] std::size_t sends() { return std::exchange(sends_, 0); }
    /// Where the bytes of the last send lie.
    [[nodiscard]] const void* last_bytes() const noexcept { return last_; }
    [[nodiscard]] std::size_t pings() const noexcept { return pings_; }
    [[nodiscard]] std::size_t aborts() const noexcept { return aborts_; }
    [[nodiscard]] bool is_paused() const noexcept { return is_paused_; }
    [[nodiscard]] std::optional<close_code> closed() const noexcept { return closed_; }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    static void check_ends(const chunk& messages) {
        std::size_t begin = 0;
        for (std::size_t i = 0; i < messages.count(); ++i) {
            const std::size_t end = messages.end_of(i);
            ASSERT_LE(end, messages.size_bytes());
            EXPECT_EQ(read_messages(messages.bytes().substr(begin, end - begin)).size(), 1U);
            begin = end;
        }
        EXPECT_EQ(begin, messages.size_bytes());
    }

    std::vector<std::string> received_;
    std::string reason_;
    std::size_t sends_ = 0;
    std::size_t pings_ = 0;
    std::size_t aborts_ = 0;
    const void* last_ = nullptr;
    std::optional<close_code> closed_;
    bool is_paused_ = false;
    bool is_dead_ = false;
};

/// Sends one by one, and checks that nobody gets the same twice.
class fake_sender final : public sender {
public:
    void send_many(std::span<connection* const> members, const shared_chunk& messages) override {
        ++calls_;
        const std::set<connection*> distinct(members.begin(), members.end());
        EXPECT_EQ(distinct.size(), members.size()) << "a member stands there twice";
        for (connection* member : members) member->send(messages);
    }
    /// How often many were sent to since the last call.
    [[nodiscard]] std::size_t calls() { return std::exchange(calls_, 0); }

private:
    std::size_t calls_ = 0;
};

}  // namespace fanwire::test
