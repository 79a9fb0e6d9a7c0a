#include "engine/client.hpp"

#include "base/overloaded.hpp"
#include "engine/router.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

/// The message or join of this serial number, if it is still at the hook.
template <class Asked>
Asked* find_at_hook(request_line* line, std::uint64_t serial) {
    if (line == nullptr) return nullptr;
    for (waiting_request& waits : *line) {
        auto* found = std::get_if<Asked>(&waits);
        if (found != nullptr && found->serial == serial) return found;
    }
    return nullptr;
}

/// Whether a request may take effect once nothing stands before it.
bool may_take_effect(const waiting_request& request) {
    return std::visit(overloaded{
                          [](const waiting::undecoded&) { return true; },
                          [](const waiting::at_hook& asked) { return asked.answer.has_value(); },
                          [](const waiting::at_join_hook& asked) { return asked.answer.has_value(); },
                          [](const waiting::at_bus&) { return false; },
                      },
                      request);
}

}  // namespace

client::client(router& via, connection& link, std::unique_ptr<codec> speaks, client_id id,
               std::optional<std::string> user, time_point now)
    : router_(via),
      link_(link),
      codec_(std::move(speaks)),
      id_(id),
      user_(std::move(user)),
      alive_at_(now) {}

void client::on_message(payload_kind kind, std::string_view payload) {
    if (is_closing_) return;
    router_.count_message_in();
    if (line_ != nullptr) {
        line_->emplace_back(waiting::undecoded{kind, std::string(payload)});
        dispatch_waiting();
    } else if (auto waits = router_.execute(*this, codec_->decode(kind, payload))) {
        line_ = std::make_unique<request_line>();
        line_->push_back(std::move(*waits));
    }
    update_reading();
}

void client::on_alive() { alive_at_ = router_.now(); }

void client::on_closed(close_code code) {
    closed_with_ = code;
    router_.on_client_closed(*this);
}

void client::on_hook_answer(std::uint64_t serial, hook_answer<message_decision> answer) {
    auto* found = find_at_hook<waiting::at_hook>(line_.get(), serial);
    if (found == nullptr) return;
    found->answer = std::move(answer);
    advance();
}

void client::on_hook_answer(std::uint64_t serial, hook_answer<join_decision> answer) {
    auto* found = find_at_hook<waiting::at_join_hook>(line_.get(), serial);
    if (found == nullptr) return;
    found->answer = std::move(answer);
    advance();
}

void client::on_subscribed(std::uint64_t serial, bool is_local) {
    if (line_ == nullptr || line_->empty()) return;
    auto* found = std::get_if<waiting::at_bus>(&line_->front());
    if (found == nullptr || found->serial != serial) return;
    const waiting::at_bus joining = std::move(*found);
    line_->pop_front();
    if (!is_closing_) router_.finish(*this, joining, is_local);
}

void client::advance() {
    while (line_ != nullptr && !line_->empty() && may_take_effect(line_->front())) {
        const waiting_request taken = std::move(line_->front());
        line_->pop_front();
        auto waits = std::visit(
            overloaded{
                [&](const waiting::undecoded& raw) {
                    return router_.execute(*this, codec_->decode(raw.kind, raw.payload));
                },
                [&](const waiting::at_hook& answered) {
                    router_.finish(*this, answered);
                    return std::optional<waiting_request>{};
                },
                [&](const waiting::at_join_hook& answered) { return router_.finish(*this, answered); },
                [](const waiting::at_bus&) { return std::optional<waiting_request>{}; },
            },
            taken);
        if (waits && line_ != nullptr) line_->push_front(std::move(*waits));
    }
    if (line_ != nullptr && line_->empty()) line_.reset();
    dispatch_waiting();
    update_reading();
    if (has_departed_ && line_ == nullptr) router_.forget(*this);
}

/// Puts messages to the hook before their turn has come, as long as only messages stand before them.
void client::dispatch_waiting() {
    if (line_ == nullptr || !router_.asks_on_message()) return;
    std::size_t at_hook = 0;
    for (waiting_request& waits : *line_) {
        if (std::holds_alternative<waiting::at_bus>(waits)) return;
        if (std::holds_alternative<waiting::at_join_hook>(waits)) return;
        if (std::holds_alternative<waiting::at_hook>(waits)) {
            ++at_hook;
            continue;
        }
        const auto& raw = std::get<waiting::undecoded>(waits);
        if (at_hook++ >= router_.max_at_hook()) return;
        const any_command decoded = codec_->decode(raw.kind, raw.payload);
        const auto* publish = std::get_if<command::publish>(&decoded);
        if (publish == nullptr) return;
        auto asked = router_.ask_on_message(*this, *publish);
        if (!asked) return;
        waits = std::move(*asked);
    }
}

/// Reads no further while as many requests wait as may.
void client::update_reading() {
    if (is_closing_) return;
    const bool must_pause = line_ != nullptr && line_->size() >= router_.max_at_hook();
    if (must_pause == is_paused_) return;
    is_paused_ = must_pause;
    if (must_pause) {
        link_.pause();
    } else {
        alive_at_ = router_.now();
        link_.resume();
    }
}

std::optional<time_point> client::check_heartbeat(time_point now, time_point reading_since, duration interval,
                                                  duration timeout) {
    if (is_closing_) return {};
    // While we do not read, the client cannot show that it lives.
    if (is_paused_) alive_at_ = now;
    if (heartbeat_ == heartbeat::pinged && alive_at_ >= pinged_at_) heartbeat_ = heartbeat::quiet;
    if (heartbeat_ == heartbeat::pinged) {
        const time_point deadline = std::max(pinged_at_, reading_since) + timeout;
        if (now < deadline) return deadline;
        router_.on_heartbeat_missed(*this);
        return {};
    }
    if (now < alive_at_ + interval) return alive_at_ + interval;
    link_.ping();
    heartbeat_ = heartbeat::pinged;
    pinged_at_ = now;
    return now + timeout;
}

void client::close(close_code code, std::string_view reason) {
    is_closing_ = true;
    close_reason_ = reason;
    line_.reset();
    link_.close(code, reason);
}

void client::depart() {
    is_closing_ = true;
    has_departed_ = true;
}

}  // namespace fanwire
