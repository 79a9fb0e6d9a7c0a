#pragma once

#include "unit/engine/room_orders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire::test {

/// Whether a pattern, or a room's name as it stands, covers a room: said as plainly as can be.
inline bool covers(std::string_view name, bool is_pattern, std::string_view room) {
    if (!is_pattern || name == room) return name == room;
    if (name == "**") return !room.empty();
    const std::size_t cut = name.find(':');
    const std::size_t room_cut = room.find(':');
    if ((cut == std::string_view::npos) != (room_cut == std::string_view::npos)) return false;
    if (name.substr(0, cut) != "*" && name.substr(0, cut) != room.substr(0, room_cut)) return false;
    return cut == std::string_view::npos || covers(name.substr(cut + 1), true, room.substr(room_cut + 1));
}

/// What one client was told, and what that must have been.
///
/// While a subscription covers a room, its messages come one by one in the room's order, and none that was
/// sent after the client was told `joined` is missing; otherwise none comes. Each request is answered once.
class transcript {
public:
    /// A client that connected in a step: from then on it hears what is said to everybody.
    transcript(std::string name, std::size_t step) : name_(std::move(name)) { covered_[""] = {step, {}}; }

    /// Takes a request's id down.
    void expect_answer(const std::string& id) { unanswered_.insert(id); }
    void hear(std::string line, std::size_t step) { lines_.emplace_back(std::move(line), step); }

    /// Checks what was heard since the last call. If `is_over`, nothing is under way to the client any more.
    void check(const room_orders& orders, bool is_over) {
        for (const auto& [line, step] : std::exchange(lines_, {})) {
            if (line.starts_with("{") || line.find("|{") != std::string::npos) {
                check_message(line, orders);
            } else {
                check_answer(line, step);
            }
            if (::testing::Test::HasFailure()) {
                FAIL() << name_ << " heard " << line << " in step " << step;
            }
        }
        if (is_over) check_end(orders);
    }

private:
    using subscription_name = std::pair<std::string, bool>;
    struct coverage {
        std::size_t since;
        std::optional<std::size_t> last;
    };

    void check_message(const std::string& line, const room_orders& orders) {
        const numbered_message message = read_numbered(line);
        const auto found = covered_.find(message.room);
        ASSERT_NE(found, covered_.end()) << "not in the room";
        coverage& in = found->second;
        const std::size_t place = orders.place_of(message);
        if (in.last) {
            ASSERT_EQ(place, *in.last + 1) << "out of the room's order, missed, or twice";
        } else {
            ASSERT_LE(orders.last_step(message.room, place), in.since) << "missed one after it had joined";
        }
        in.last = place;
    }

    void check_answer(const std::string& line, std::size_t step) {
        const std::vector<std::string> words = words_of(line);
        const bool has_id = words.size() > 1 && words[1].starts_with("#");
        if (has_id) {
            ASSERT_EQ(unanswered_.erase(words[1]), 1U) << "nobody asked for it, or it was answered twice";
        }
        if (words[0] == "joined") change({words.at(2), is_pattern(words.at(2))}, true, step);
        if (words[0] == "left") change({words.at(2), is_pattern(words.at(2))}, false, step);
    }

    void check_end(const room_orders& orders) const {
        ASSERT_TRUE(unanswered_.empty()) << name_ << " got no answer to " << *unanswered_.begin();
        for (const auto& [room, in] : covered_) {
            const std::size_t size = orders.size(room);
            if (in.last) {
                ASSERT_EQ(*in.last + 1, size) << name_ << " missed the last of " << room;
            } else {
                ASSERT_LE(orders.last_step(room, size), in.since) << name_ << " missed all of " << room;
            }
        }
    }

    void change(const subscription_name& which, bool is_in, std::size_t step) {
        if (is_in) {
            subscriptions_.insert(which);
        } else {
            subscriptions_.erase(which);
        }
        for (const char* room : {"a:1", "a:2", "b:1", "b"}) {
            if (!is_subscribed(room)) {
                covered_.erase(room);
            } else if (!covered_.contains(room)) {
                covered_[room] = {step, {}};
            }
        }
    }

    [[nodiscard]] bool is_subscribed(const std::string& room) const {
        return std::ranges::any_of(subscriptions_, [&](const subscription_name& one) {
            return covers(one.first, one.second, room);
        });
    }
    static bool is_pattern(const std::string& name) { return name.find('*') != std::string::npos; }
    static std::vector<std::string> words_of(const std::string& line) {
        std::vector<std::string> words(1);
        for (const char c : line) {
            if (c == ' ') {
                words.emplace_back();
            } else {
                words.back() += c;
            }
        }
        return words;
    }

    std::string name_;
    std::vector<std::pair<std::string, std::size_t>> lines_;
    std::set<std::string> unanswered_;
    std::set<subscription_name> subscriptions_;
    std::map<std::string, coverage> covered_;
};

}  // namespace fanwire::test
