#pragma once

#include "base/frame.hpp"
#include "net/frame_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace fanwire {

/// What waits for a socket that does not take it: messages in order, as ranges of shared chunks so that whole
/// ones can be dropped, and control frames, which go between messages and never inside one. A frame of which
/// a part was sent is always finished. Exists only while something waits.
///
/// Thread safety: distinct objects safe, shared objects unsafe.
class send_queue {
public:
    /// Adds the messages of a chunk but for its first `sent_bytes`. If these end inside a message, the queue
    /// must be empty.
    void push(const shared_chunk& messages, std::size_t sent_bytes);

    /// Adds a control frame. Of those of one kind only the latest waits.
    void push_ping(const control_frame& frame);
    void push_pong(const control_frame& frame);
    /// Goes behind all that waits. Nothing may be added behind it.
    void push_close(const control_frame& frame);
    /// Adds the rest of a control frame that was begun outside. Preconditions: the queue is empty.
    void push_rest(const control_frame& frame, std::size_t sent_bytes);

    /// Drops all messages of which nothing was sent.
    void drop_messages();

    /// The bytes to send next; empty if nothing waits. Valid until the queue changes.
    [[nodiscard]] std::string_view front() const;
    /// Takes off the first `sent_bytes` of `front`.
    void consume(std::size_t sent_bytes);

    [[nodiscard]] bool is_empty() const noexcept { return bytes_ == 0; }
    /// How many bytes wait, those of control frames included.
    [[nodiscard]] std::size_t size_bytes() const noexcept { return bytes_; }

private:
    using slot = std::optional<control_frame>;

    /// A run of messages: from byte `at`, which lies in message `message`, to the end of message `end - 1`.
    struct run {
        shared_chunk messages;
        std::size_t at;
        std::size_t message;
        std::size_t end;

        [[nodiscard]] std::size_t begin_of(std::size_t index) const;
        [[nodiscard]] std::size_t end_at() const { return messages->end_of(end - 1); }
        [[nodiscard]] bool is_begun() const { return at != begin_of(message); }
        [[nodiscard]] std::size_t size_bytes() const { return end_at() - at; }
    };

    [[nodiscard]] bool sends_messages_next() const;
    [[nodiscard]] slot send_queue::* next_control() const;
    void push_control(slot& place, const control_frame& frame);
    void consume_messages(std::size_t sent_bytes);
    void consume_control(std::size_t sent_bytes);

    std::deque<run> runs_;
    std::size_t bytes_ = 0;
    slot begun_;  // a control frame of which `begun_sent_` bytes were sent
    std::size_t begun_sent_ = 0;
    slot pong_;
    slot ping_;
    slot close_;
};

}  // namespace fanwire
