#include "engine/hook_gate.hpp"

#include <utility>

namespace fanwire {

namespace {

constexpr std::size_t max_batch = 256;

}  // namespace

hook_gate::hook_gate(host asked, reply_factory& replies, settings limits)
    : host_(std::move(asked)),
      replies_(replies),
      limits_(limits),
      notices_(limits.max_requests) {}

template <class Call, class Request, class Reply, class Then>
bool hook_gate::put(Request&& request, Reply make_reply, Then&& then, time_point now) {
    if (!admit(std::forward<Then>(then), now)) return false;
    batch_.emplace_back(Call{std::forward<Request>(request), (replies_.*make_reply)(last_ticket_)});
    if (batch_.size() == max_batch) submit();
    return true;
}

bool hook_gate::ask(connect_request&& request, on_connect_answer then, time_point now) {
    return put<connect_call>(std::move(request), &reply_factory::connect_reply, std::move(then), now);
}

bool hook_gate::ask(join_request&& request, on_join_answer then, time_point now) {
    return put<join_call>(std::move(request), &reply_factory::join_reply, std::move(then), now);
}

bool hook_gate::ask(message_request&& request, on_message_answer then, time_point now) {
    return put<message_call>(std::move(request), &reply_factory::message_reply, std::move(then), now);
}

void hook_gate::tell(notice&& told) {
    auto place = notices_.admit();
    if (!place) return;
    batch_.emplace_back(notice_call{std::move(told), std::move(*place)});
    if (batch_.size() == max_batch) submit();
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

template <class Decision>
void hook_gate::pass_on(hook_ticket ticket, Decision* decision) {
    const auto then = take(ticket);
    if (!then) return;
    hook_answer<Decision> answered;
    if (decision != nullptr) answered.decision = std::move(*decision);
    std::get<std::function<void(hook_answer<Decision>)>> (*then)(std::move(answered));
}

void hook_gate::answer(hook_ticket ticket, connect_decision* decision) { pass_on(ticket, decision); }

void hook_gate::answer(hook_ticket ticket, join_decision* decision) { pass_on(ticket, decision); }

void hook_gate::answer(hook_ticket ticket, message_decision* decision) { pass_on(ticket, decision); }

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
    std::visit([&](const auto& denied) { denied({{}, denial}); }, *then);
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
