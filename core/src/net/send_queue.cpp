#include "net/send_queue.hpp"

#include "base/assert.hpp"

namespace fanwire {

std::size_t send_queue::run::begin_of(std::size_t index) const {
    return index == 0 ? 0 : messages->end_of(index - 1);
}

void send_queue::push(const shared_chunk& messages, std::size_t sent_bytes) {
    FANWIRE_ASSERT(!close_);
    if (sent_bytes == messages->size_bytes()) return;
    run added{.messages = messages, .at = sent_bytes, .message = 0, .end = messages->count()};
    while (messages->end_of(added.message) <= sent_bytes) ++added.message;
    const bool may_stand_here = bytes_ == 0 || !added.is_begun();
    FANWIRE_ASSERT(may_stand_here);
    bytes_ += added.size_bytes();
    runs_.push_back(std::move(added));
}

void send_queue::push_ping(const control_frame& frame) { push_control(ping_, frame); }

void send_queue::push_pong(const control_frame& frame) { push_control(pong_, frame); }

void send_queue::push_close(const control_frame& frame) { push_control(close_, frame); }

void send_queue::push_rest(const control_frame& frame, std::size_t sent_bytes) {
    FANWIRE_ASSERT(bytes_ == 0);
    begun_ = frame;
    begun_sent_ = sent_bytes;
    bytes_ = frame.bytes().size() - sent_bytes;
}

void send_queue::push_control(slot& place, const control_frame& frame) {
    FANWIRE_ASSERT(!close_);
    if (place) bytes_ -= place->bytes().size();
    place = frame;
    bytes_ += frame.bytes().size();
}

void send_queue::drop_messages() {
    if (runs_.empty()) return;
    run first = std::move(runs_.front());
    for (const run& dropped : runs_) {
        if (dropped.messages) bytes_ -= dropped.size_bytes();
    }
    runs_.clear();
    bytes_ -= first.size_bytes();
    if (!first.is_begun()) return;
    first.end = first.message + 1;
    bytes_ += first.size_bytes();
    runs_.push_back(std::move(first));
}

/// Messages give way to a ping or a pong, unless one of them has begun.
bool send_queue::sends_messages_next() const {
    if (begun_ || runs_.empty()) return false;
    return runs_.front().is_begun() || !(pong_ || ping_);
}

std::string_view send_queue::front() const {
    if (begun_) return begun_->bytes().substr(begun_sent_);
    if (sends_messages_next()) {
        const run& first = runs_.front();
        const std::size_t end = pong_ || ping_ ? first.messages->end_of(first.message) : first.end_at();
        return first.messages->bytes().substr(first.at, end - first.at);
    }
    const slot& next = this->*next_control();
    return next ? next->bytes() : std::string_view{};
}

void send_queue::consume(std::size_t sent_bytes) {
    if (sent_bytes == 0) return;
    bytes_ -= sent_bytes;
    if (begun_) {
        begun_sent_ += sent_bytes;
        if (begun_sent_ == begun_->bytes().size()) begun_.reset();
    } else if (sends_messages_next()) {
        consume_messages(sent_bytes);
    } else {
        consume_control(sent_bytes);
    }
}

send_queue::slot send_queue::* send_queue::next_control() const {
    if (pong_) return &send_queue::pong_;
    if (ping_) return &send_queue::ping_;
    return &send_queue::close_;
}

void send_queue::consume_messages(std::size_t sent_bytes) {
    run& first = runs_.front();
    first.at += sent_bytes;
    if (first.at == first.end_at()) {
        runs_.pop_front();
        return;
    }
    while (first.messages->end_of(first.message) <= first.at) ++first.message;
}

void send_queue::consume_control(std::size_t sent_bytes) {
    slot& place = this->*next_control();
    FANWIRE_ASSERT(place);
    if (sent_bytes < place->bytes().size()) {
        begun_ = place;
        begun_sent_ = sent_bytes;
    }
    place.reset();
}

}  // namespace fanwire
