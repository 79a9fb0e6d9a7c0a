#include "net/connection_set.hpp"

#include "net/ws_connection.hpp"

#include <utility>

namespace fanwire {

namespace {

constexpr std::size_t receive_buffer_bytes = std::size_t{64} << 10;

}  // namespace

connection_set::connection_set(poller& watch, const connection_options& options, turn_handler& owner)
    : poller_(watch),
      owner_(owner),
      options_(options),
      receive_buffer_(std::make_unique<std::byte[]>(receive_buffer_bytes)) {
    poller_.set_turn_handler(this);
}

connection_set::~connection_set() {
    poller_.set_turn_handler(nullptr);
    for (const ws_connection* connection : all_) delete connection;
}

connection& connection_set::open(upgraded_socket&& upgraded) {
    all_.reserve(all_.size() + 1);
    auto opened = std::make_unique<ws_connection>(*this, std::move(upgraded.socket), all_.size());
    opened->keep_left_over(upgraded.left_over);
    all_.push_back(opened.get());
    return *opened.release();
}

void connection_set::start(connection& started, connection_handler& handler) {
    static_cast<ws_connection&>(started).start(handler);
}

void connection_set::on_tick(time_point now) {
    while (!closing_.empty() && closing_.front().deadline <= now) {
        stats_.close_timeouts.add();
        closing_.front().owner->die();
    }
}

/// What is told here may end, resume or write to other connections, so it goes on until nothing is left. A
/// connection is destroyed when no list holds it any more.
void connection_set::on_turn_end() {
    is_ending_turn_ = true;
    while (!revived_.empty() || !ended_.empty()) {
        deliver_revived();
        tell_ended();
    }
    destroy_dead();
    is_ending_turn_ = false;
    owner_.on_turn_end();
    answer_leaving();
}

void connection_set::deliver_revived() {
    for (ws_connection* revived : std::exchange(revived_, {})) revived->deliver_unread();
}

void connection_set::answer_leaving() {
    for (ws_connection* leaving : std::exchange(leaving_, {})) leaving->answer_close();
}

void connection_set::tell_ended() {
    for (ws_connection* ended : std::exchange(ended_, {})) ended->tell_handler();
}

void connection_set::destroy_dead() {
    for (ws_connection* dead : std::exchange(dead_, {})) {
        ws_connection* const last = all_.back();
        all_[dead->place_] = last;
        last->place_ = dead->place_;
        all_.pop_back();
        delete dead;
    }
}

void connection_set::revive(ws_connection& revived) {
    if (std::exchange(revived.is_revived_, true)) return;
    revived_.push_back(&revived);
    request_turn();
}

void connection_set::let_leave(ws_connection& leaving) {
    leaving_.push_back(&leaving);
    request_turn();
}

void connection_set::forget_leaving(const ws_connection& leaving) { std::erase(leaving_, &leaving); }

void connection_set::tell_end(ws_connection& ended) {
    ended_.push_back(&ended);
    request_turn();
}

void connection_set::bury(ws_connection& dead) {
    dead_.push_back(&dead);
    request_turn();
}

void connection_set::request_turn() {
    if (!is_ending_turn_) poller_.request_turn();
}

connection_set::closing_list::iterator connection_set::begin_closing(ws_connection& closing) {
    return closing_.insert(closing_.end(),
                           {.deadline = clock::now() + options_.close_timeout, .owner = &closing});
}

void connection_set::end_closing(closing_list::iterator place) { closing_.erase(place); }

void connection_set::count_queue_bytes(std::size_t before, std::size_t after) {
    stats_.queue_bytes.set(stats_.queue_bytes.value() - before + after);
}

std::span<std::byte> connection_set::receive_buffer() const {
    return {receive_buffer_.get(), receive_buffer_bytes};
}

}  // namespace fanwire
