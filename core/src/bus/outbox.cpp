#include "bus/outbox.hpp"

#include <utility>

namespace fanwire {

std::size_t outbox::push(shared_message message, time_point now) {
    bytes_ += bytes_of(*message);
    waiting_.push_back({std::move(message), now});
    std::size_t dropped = 0;
    while (waiting_.size() > limits_.max_messages || bytes_ > limits_.max_bytes) {
        static_cast<void>(pop());
        ++dropped;
    }
    return dropped;
}

std::size_t outbox::expire(time_point now) {
    std::size_t dropped = 0;
    while (!waiting_.empty() && waiting_.front().since + limits_.max_age < now) {
        static_cast<void>(pop());
        ++dropped;
    }
    return dropped;
}

shared_message outbox::pop() {
    if (waiting_.empty()) return {};
    shared_message oldest = std::move(waiting_.front().message);
    waiting_.pop_front();
    bytes_ -= bytes_of(*oldest);
    return oldest;
}

}  // namespace fanwire
