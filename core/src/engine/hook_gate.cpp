#include "engine/hook_gate.hpp"

#include <utility>

namespace fanwire {

namespace {

constexpr std::size_t max_batch = 256;

template <class Decision>
hook_answer<Decision> answer_of(Decision* decision) {
    if (decision == nullptr) return {};
    return {std::move(*decision), {}};
}

}  // namespace

hook_gate::hook_gate(host asked, reply_factory& replies, settings limits)
    : host_(std::move(asked)),
      replies_(replies),
      limits_(limits) {}

bool hook_gate::ask(connect_request&& request, on_connect_answer then, time_point now) {
    if (!admit({std::move(then), {}}, now)) return false;
    batch_.emplace_back(connect_call{std::move(request), replies_.connect_reply(last_ticket_)});
    if (batch_.size() == max_batch) submit();
    return true;
}

bool hook_gate::ask(message_request&& request, on_message_answer then, time_point now) {
    if (!admit({{}, std::move(then)}, now)) return false;
    batch_.emplace_back(message_call{std::move(request), replies_.message_reply(last_ticket_)});
    if (batch_.size() == max_batch) submit();
    return true;
}

bool hook_gate::admit(waiting&& then, time_point now) {
    if (waiting_.size() >= limits_.max_requests) {
        counters_.refused.add();
        return false;
    }
    waiting_.emplace(++last_ticket_, std::move(then));
    deadlines_.push_back({now + limits_.timeout, last_ticket_});
    counters_.calls.add();
    counters_.outstanding.set(waiting_.size());
    return true;
}

void hook_gate::answer(hook_ticket ticket, connect_decision* decision) {
    if (auto then = take(ticket)) then->on_connect(answer_of(decision));
}

void hook_gate::answer(hook_ticket ticket, message_decision* decision) {
    if (auto then = take(ticket)) then->on_message(answer_of(decision));
}

void hook_gate::submit() {
    if (!batch_.empty()) host_.sink->submit(std::exchange(batch_, {}));
}

void hook_gate::expire(time_point now) {
    while (!deadlines_.empty() && deadlines_.front().at <= now) {
        const hook_ticket ticket = deadlines_.front().ticket;
        deadlines_.pop_front();
        if (deny(ticket, errc::timeout)) counters_.timeouts.add();
    }
}

void hook_gate::deny_all() {
    while (!deadlines_.empty()) {
        const hook_ticket ticket = deadlines_.front().ticket;
        deadlines_.pop_front();
        deny(ticket, errc::unavailable);
    }
}

/// Returns whether the request was still waiting.
bool hook_gate::deny(hook_ticket ticket, errc denial) {
    const auto then = take(ticket);
    if (!then) return false;
    if (then->on_connect) then->on_connect({{}, denial});
    if (then->on_message) then->on_message({{}, denial});
    return true;
}

std::optional<hook_gate::waiting> hook_gate::take(hook_ticket ticket) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) return {};
    auto taken = std::move(found->second);
    waiting_.erase(found);
    counters_.outstanding.set(waiting_.size());
    // Under steady load the answered ones are in front: they need not wait for their deadline.
    while (!deadlines_.empty() && !waiting_.contains(deadlines_.front().ticket)) deadlines_.pop_front();
    return taken;
}

}  // namespace fanwire
