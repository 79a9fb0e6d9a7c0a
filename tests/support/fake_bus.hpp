#pragma once

#include "bus/bus.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace fanwire::test {

/// A bus under the test's hand. By default it does everything at once; it can confirm subscriptions, answer
/// publishes and deliver messages later, each in its order.
class fake_bus final : public bus {
public:
    void attach(bus_listener& listener) { listener_ = &listener; }

    // How it behaves
    bool confirms_at_once = true;
    bool answers_at_once = true;
    bool delivers_at_once = true;
    bool is_local = false;
    std::error_code failure;

    void publish(const shared_message& message, publish_done done) override {
        published_.push_back(message);
        if (!failure) {
            travelling_.push_back(message);
            if (delivers_at_once) deliver_all();
        }
        if (!done) return;
        if (answers_at_once) {
            done(failure, {.local = is_local, .dropped = false});
        } else {
            unanswered_.push_back(std::move(done));
        }
    }

    void subscribe(const subscription& wanted, subscribe_done done) override {
        calls_.push_back((wanted.is_pattern ? "psubscribe " : "subscribe ") + wanted.name);
        unconfirmed_.push_back({wanted, std::move(done)});
        if (confirms_at_once) confirm_all();
    }

    void unsubscribe(const subscription& unwanted) override {
        calls_.push_back((unwanted.is_pattern ? "punsubscribe " : "unsubscribe ") + unwanted.name);
        std::erase(confirmed_, unwanted);
    }

    // What the test does
    /// Confirms the first subscription that is not confirmed. Returns false if there is none.
    bool confirm_one(bool local = false) {
        if (unconfirmed_.empty()) return false;
        const pending next = std::move(unconfirmed_.front());
        unconfirmed_.pop_front();
        confirmed_.push_back(next.wanted);
        next.done(local || is_local);
        return true;
    }
    void confirm_all() {
        while (confirm_one()) {
        }
    }
    bool answer_one(std::error_code failed = {}, const publish_result& result = {}) {
        if (unanswered_.empty()) return false;
        const publish_done next = std::move(unanswered_.front());
        unanswered_.pop_front();
        next(failed, result);
        return true;
    }
    /// Brings the first message that is on its way. Returns false if there is none.
    bool deliver_one() {
        if (travelling_.empty()) return false;
        const shared_message next = travelling_.front();
        travelling_.pop_front();
        if (is_wanted(next->room)) listener_->on_message(next);
        return true;
    }
    void deliver_all() {
        while (deliver_one()) {
        }
    }
    /// Brings a message, whether anybody wants it or not.
    void deliver(std::string room, std::string payload) {
        listener_->on_message(std::make_shared<room_message>(
            room_message{.room = std::move(room), .payload = std::move(payload)}));
    }

    /// Other instances cannot be heard for now.
    void lose() {
        is_local = true;
        listener_->on_lost();
    }
    void restore(std::int64_t missing_since) {
        is_local = false;
        listener_->on_restored(missing_since);
    }

    // What was asked of it
    /// Subscriptions and their ends since the last call.
    [[nodiscard]] std::vector<std::string> calls() { return std::exchange(calls_, {}); }
    /// The payloads published since the last call.
    [[nodiscard]] std::vector<std::string> published() {
        std::vector<std::string> payloads;
        for (const shared_message& one : std::exchange(published_, {})) payloads.push_back(one->payload);
        return payloads;
    }
    [[nodiscard]] std::size_t unconfirmed() const noexcept { return unconfirmed_.size(); }
    [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_.size(); }
    [[nodiscard]] std::size_t travelling() const noexcept { return travelling_.size(); }
    [[nodiscard]] const std::vector<subscription>& confirmed() const noexcept { return confirmed_; }

private:
    struct pending {
        subscription wanted;
        subscribe_done done;
    };

    /// As with shards that want rooms: whoever has a pattern is given everything.
    [[nodiscard]] bool is_wanted(const std::string& room) const {
        return room.empty() || std::ranges::any_of(confirmed_, [&](const subscription& one) {
                   return one.is_pattern || one.name == room;
               });
    }

    bus_listener* listener_ = nullptr;
    std::vector<std::string> calls_;
    std::vector<shared_message> published_;
    std::deque<pending> unconfirmed_;
    std::deque<publish_done> unanswered_;
    std::deque<shared_message> travelling_;
    std::vector<subscription> confirmed_;
};

}  // namespace fanwire::test
