#include "net/ws_connection.hpp"

#include <utility>

namespace fanwire {

namespace {

/// How often a socket whose bytes fill the whole buffer is read again in one turn, before others have theirs.
constexpr int max_reads_per_turn = 4;

}  // namespace

ws_connection::ws_connection(connection_set& set, unique_fd socket, std::size_t place)
    : set_(set),
      reader_({.max_message_bytes = set.options_.max_message_bytes}),
      place_(static_cast<std::uint32_t>(place)),
      socket_(std::move(socket)) {
    socket_.send_without_delay();
    if (set_.poller_.add(socket_.descriptor(), *this, watched_)) die();
}

ws_connection::~ws_connection() {
    if (state_ == state::dead) return;
    drop_queue();
    set_.poller_.remove(socket_.descriptor());
}

void ws_connection::keep_left_over(std::string& bytes) {
    if (bytes.empty()) return;
    reader_.feed(std::as_writable_bytes(std::span(bytes)));
    reader_.keep();
}

void ws_connection::start(connection_handler& handler) {
    handler_ = &handler;
    is_started_ = true;
    if (is_reported_) {
        set_.tell_end(*this);
    } else if (reader_.has_unread()) {
        set_.revive(*this);
    } else {
        watch();
    }
}

// What the owner asks for

void ws_connection::send(const shared_chunk& messages) {
    if ((state_ != state::open && state_ != state::leaving) || messages->is_empty()) return;
    std::size_t sent_bytes = 0;
    if (!queue_) [[likely]] {
        const auto sent = write(messages->bytes());
        if (!sent) return;
        sent_bytes = *sent;
        if (sent_bytes == messages->size_bytes()) [[likely]]
            return;
    }
    send_rest(messages, sent_bytes);
}

void ws_connection::ping() {
    if (state_ == state::open) send_control(ping_frame({}), &send_queue::push_ping);
}

void ws_connection::close(close_code code, std::string_view reason) {
    if (state_ != state::open) return;
    code_ = code;
    send_control(close_frame(static_cast<std::uint16_t>(code), reason), &send_queue::push_close);
    if (state_ == state::dead) return;
    state_ = state::closing;
    is_paused_ = false;
    begin_deadline();
    read_on();
}

void ws_connection::abort() { die(); }

void ws_connection::pause() {
    if (state_ != state::open) return;
    is_paused_ = true;
    watch();
}

void ws_connection::resume() {
    if (!is_paused_) return;
    is_paused_ = false;
    read_on();
}

std::size_t ws_connection::queued_bytes() const noexcept { return queue_ ? queue_->size_bytes() : 0; }

// Reading

void ws_connection::on_ready(readiness what) {
    if (state_ == state::dead) return;
    if (includes(what, readiness::broken) && !wants_to_read()) {
        die();
        return;
    }
    if (includes(what, readiness::write) && queue_) flush();
    if (includes(what, readiness::read) && wants_to_read()) read();
}

void ws_connection::read() {
    const std::span<std::byte> buffer = set_.receive_buffer();
    for (int reads = 0; reads < max_reads_per_turn && wants_to_read(); ++reads) {
        const auto received = socket_.receive(buffer);
        switch (received.status) {
            case stream_socket::receive_status::some:
                on_bytes(buffer.first(received.bytes));
                if (received.bytes < buffer.size()) return;
                break;
            case stream_socket::receive_status::nothing:
                return;
            case stream_socket::receive_status::end:
                on_end();
                return;
            case stream_socket::receive_status::broken:
                die();
                return;
        }
    }
}

void ws_connection::on_bytes(std::span<std::byte> bytes) {
    if (!reads_frames()) return;
    if (state_ == state::open && handler_ != nullptr) handler_->on_alive();
    if (!reads_frames()) return;
    reader_.feed(bytes);
    deliver();
}

void ws_connection::on_end() {
    has_seen_end_ = true;
    // The peer may have closed its side right behind its close frame, while ours still waits.
    if (state_ == state::lingering && queue_) {
        watch();
    } else {
        die();
    }
}

void ws_connection::deliver_unread() {
    is_revived_ = false;
    if (reads_frames() && !is_paused_) deliver();
}

void ws_connection::deliver() {
    is_delivering_ = true;
    std::optional<incoming> received;
    while (reads_frames() && !is_paused_) {
        if (const auto error = reader_.next(received)) {
            fail(error);
        } else if (received) {
            on_incoming(*received);
        } else {
            break;
        }
    }
    is_delivering_ = false;
    if (is_paused_ && reads_frames()) reader_.keep();
    watch();
}

void ws_connection::on_incoming(const incoming& received) {
    switch (received.kind) {
        case incoming_kind::text:
        case incoming_kind::binary:
            if (state_ != state::open) return;
            handler_->on_message(
                received.kind == incoming_kind::text ? payload_kind::text : payload_kind::binary,
                received.payload);
            return;
        case incoming_kind::ping:
            if (state_ == state::open) send_control(pong_frame(received.payload), &send_queue::push_pong);
            return;
        case incoming_kind::pong:
            return;
        case incoming_kind::close:
            on_close_frame(received);
            return;
    }
}

void ws_connection::on_close_frame(const incoming& received) {
    if (state_ == state::closing) {
        linger();
        return;
    }
    code_ = static_cast<close_code>(received.close_code);
    state_ = state::leaving;
    begin_deadline();
    set_.let_leave(*this);
}

void ws_connection::answer_close() {
    if (state_ != state::leaving) return;
    // RFC 6455, 5.5.1: the answer carries the code that came. What waits is of no use to a peer that leaves.
    end_with(close_frame(static_cast<std::uint16_t>(code_), {}), code_);
}

void ws_connection::fail(std::error_code error) {
    set_.stats_.protocol_errors.add();
    if (state_ == state::closing) {
        linger();
        return;
    }
    const std::uint16_t code = close_code_of(error);
    end_with(close_frame(code, error.message()), static_cast<close_code>(code));
}

// Writing

void ws_connection::send_rest(const shared_chunk& messages, std::size_t sent_bytes) {
    change_queue([&](send_queue& queue) { queue.push(messages, sent_bytes); });
    if (queue_->size_bytes() > set_.options_.max_queue_bytes) {
        be_too_slow();
    } else {
        watch();
    }
}

void ws_connection::be_too_slow() {
    set_.stats_.slow_consumers.add();
    end_with(close_frame(static_cast<std::uint16_t>(close_code::slow_consumer), "reads too slowly"),
             close_code::slow_consumer);
}

void ws_connection::send_control(const control_frame& frame, push_function push) {
    std::size_t sent_bytes = 0;
    if (!queue_) {
        const auto sent = write(frame.bytes());
        if (!sent) return;
        sent_bytes = *sent;
        if (sent_bytes == frame.bytes().size()) return;
    }
    change_queue([&](send_queue& queue) {
        if (sent_bytes != 0) {
            queue.push_rest(frame, sent_bytes);
        } else {
            (queue.*push)(frame);
        }
    });
    watch();
}

/// How many bytes the socket took; nothing if it broke, which ends the connection.
std::optional<std::size_t> ws_connection::write(std::string_view bytes) {
    const auto sent = socket_.send(bytes);
    if (!sent) die();
    return sent;
}

void ws_connection::flush() {
    while (!queue_->is_empty()) {
        const std::string_view bytes = queue_->front();
        const auto sent = write(bytes);
        if (!sent) return;
        change_queue([&](send_queue& queue) { queue.consume(*sent); });
        if (*sent < bytes.size()) return;
    }
    queue_.reset();
    if (state_ == state::lingering) end_stream();
    watch();
}

template <class Change>
void ws_connection::change_queue(Change change) {
    if (!queue_) queue_ = std::make_unique<send_queue>();
    const std::size_t before = queue_->size_bytes();
    change(*queue_);
    set_.count_queue_bytes(before, queue_->size_bytes());
}

void ws_connection::drop_queue() {
    set_.count_queue_bytes(queued_bytes(), 0);
    queue_.reset();
}

// Ending

/// Says `last` in place of all that waits but has not begun, and then nothing more.
void ws_connection::end_with(const control_frame& last, close_code code) {
    code_ = code;
    if (queue_) {
        change_queue([](send_queue& queue) { queue.drop_messages(); });
        if (queue_->is_empty()) queue_.reset();
    }
    send_control(last, &send_queue::push_close);
    linger();
}

void ws_connection::linger() {
    if (state_ == state::dead) return;
    state_ = state::lingering;
    is_paused_ = false;
    report();
    begin_deadline();
    if (!queue_) end_stream();
    watch();
}

void ws_connection::end_stream() {
    if (has_seen_end_) {
        die();
    } else {
        socket_.end_stream();
    }
}

void ws_connection::die() {
    if (state_ == state::dead) return;
    set_.forget_leaving(*this);
    state_ = state::dead;
    drop_queue();
    if (has_deadline_) set_.end_closing(closing_);
    set_.poller_.remove(socket_.descriptor());
    socket_.cut();
    report();
    set_.bury(*this);
}

void ws_connection::begin_deadline() {
    if (std::exchange(has_deadline_, true)) return;
    closing_ = set_.begin_closing(*this);
}

void ws_connection::report() {
    if (std::exchange(is_reported_, true)) return;
    if (handler_ != nullptr) set_.tell_end(*this);
}

void ws_connection::tell_handler() { std::exchange(handler_, nullptr)->on_closed(code_); }

// What it waits for

void ws_connection::read_on() {
    if (is_delivering_) return;
    if (reads_frames() && reader_.has_unread()) {
        set_.revive(*this);
    } else {
        watch();
    }
}

bool ws_connection::wants_to_read() const noexcept {
    if (!is_started_ || is_paused_ || has_seen_end_) return false;
    return state_ == state::lingering || (reads_frames() && !reader_.has_unread());
}

void ws_connection::watch() {
    if (state_ == state::dead || is_delivering_) return;
    auto wanted = wants_to_read() ? readiness::read : readiness::none;
    if (queue_) wanted = wanted | readiness::write;
    if (wanted == watched_) return;
    watched_ = wanted;
    set_.poller_.change(socket_.descriptor(), *this, wanted);
}

}  // namespace fanwire
