#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire::test {

/// A message of a random test: its text is `room/number`, so that whoever hears it knows which it is.
struct numbered_message {
    std::string room;
    std::uint64_t number;
};

inline std::string text_of(const numbered_message& message) {
    return message.room + "/" + std::to_string(message.number);
}

/// Reads a message out of its payload in plain form.
inline numbered_message read_numbered(std::string_view payload) {
    constexpr std::string_view key = "\"text\":";
    const std::size_t begin = payload.find(key) + key.size();
    const std::string_view text = payload.substr(begin, payload.find(",\"timestamp\"") - begin);
    const std::size_t slash = text.rfind('/');
    return {std::string(text.substr(0, slash)), std::stoull(std::string(text.substr(slash + 1)))};
}

/// What was sent, by whom and when; and in which order the bus took it, room by room.
class room_orders {
public:
    struct request {
        std::string room;
        std::size_t sender;
        std::size_t step;
        /// Whether it must become a message; unknown while the host has not decided.
        std::optional<bool> is_due;
    };

    std::uint64_t request_to(std::string room, std::size_t sender, std::size_t step) {
        requests_.push_back({std::move(room), sender, step, {}});
        return requests_.size() - 1;
    }
    [[nodiscard]] request& at(std::uint64_t number) { return requests_.at(number); }

    /// The bus took a message.
    void take(std::string_view payload) {
        const numbered_message taken = read_numbered(payload);
        const request& asked = requests_.at(taken.number);
        EXPECT_EQ(asked.room, taken.room);
        room_order& order = orders_[taken.room];
        EXPECT_TRUE(order.places.emplace(taken.number, order.last_steps.size()).second) << "taken twice";
        const std::size_t last = order.last_steps.empty() ? 0 : order.last_steps.back();
        order.last_steps.push_back(std::max(last, asked.step));
        std::uint64_t& newest = order.newest[asked.sender];
        EXPECT_LE(newest, taken.number) << "not in the order in which its sender sent";
        newest = taken.number;
    }

    [[nodiscard]] bool has(std::uint64_t number) const {
        const auto found = orders_.find(requests_.at(number).room);
        return found != orders_.end() && found->second.places.contains(number);
    }
    /// The message's place in its room.
    [[nodiscard]] std::size_t place_of(const numbered_message& message) const {
        return orders_.at(message.room).places.at(message.number);
    }
    [[nodiscard]] std::size_t size(const std::string& room) const {
        const auto found = orders_.find(room);
        return found == orders_.end() ? 0 : found->second.last_steps.size();
    }
    /// When the latest was sent of the first `count` messages of a room.
    [[nodiscard]] std::size_t last_step(const std::string& room, std::size_t count) const {
        return count == 0 ? 0 : orders_.at(room).last_steps.at(count - 1);
    }

    /// Nothing is under way any more: what was to be published was, and nothing else.
    void check() {
        for (; checked_ < requests_.size(); ++checked_) {
            ASSERT_EQ(std::optional(has(checked_)), requests_[checked_].is_due) << "message " << checked_;
        }
    }

private:
    struct room_order {
        std::map<std::uint64_t, std::size_t> places;
        std::vector<std::size_t> last_steps;
        std::map<std::size_t, std::uint64_t> newest;
    };

    std::vector<request> requests_;
    std::map<std::string, room_order> orders_;
    std::uint64_t checked_ = 0;
};

}  // namespace fanwire::test
