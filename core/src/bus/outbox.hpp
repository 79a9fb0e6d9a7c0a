#pragma once

#include "base/room_message.hpp"
#include "base/time.hpp"
#include "bus/envelope.hpp"

#include <cstddef>
#include <deque>

namespace fanwire {

/// Publishes that wait for Redis, in their order. Bounded in number, bytes and time: beyond it the oldest go.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class outbox {
public:
    struct limits {
        std::size_t max_messages = 0;
        std::size_t max_bytes = 0;
        duration max_age{};
    };

    explicit outbox(const limits& bounds) : limits_(bounds) {}

    /// Adds a message. Returns how many old ones had to go for it; a message that is larger than all the room
    /// there is goes itself.
    [[nodiscard]] std::size_t push(shared_message message, time_point now);
    /// Drops what is too old. Returns how many.
    [[nodiscard]] std::size_t expire(time_point now);

    /// Takes the oldest; null if there is none.
    [[nodiscard]] shared_message pop();

    [[nodiscard]] bool is_empty() const noexcept { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
    [[nodiscard]] std::size_t size_bytes() const noexcept { return bytes_; }

private:
    struct entry {
        shared_message message;
        time_point since;
    };

    [[nodiscard]] static std::size_t bytes_of(const room_message& message) noexcept {
        return message.room.size() + message.payload.size() +
               (message.head == nullptr ? 0 : head_bytes(*message.head));
    }

    limits limits_;
    std::deque<entry> waiting_;
    std::size_t bytes_ = 0;
};

}  // namespace fanwire
