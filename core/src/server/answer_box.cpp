#include "server/answer_box.hpp"

namespace fanwire {

reply<connect_decision> answer_box::connect_reply(hook_ticket ticket) {
    return make<connect_decision>(ticket);
}

reply<join_decision> answer_box::join_reply(hook_ticket ticket) { return make<join_decision>(ticket); }

reply<message_decision> answer_box::message_reply(hook_ticket ticket) {
    return make<message_decision>(ticket);
}

void answer_box::close() {
    const std::lock_guard lock(mutex_);
    shard_ = nullptr;
    answers_.clear();
}

template <class Decision>
reply<Decision> answer_box::make(hook_ticket ticket) {
    return reply<Decision>(
        [box = shared_from_this(), ticket](Decision* decision) { box->put(ticket, decision); });
}

template <class Decision>
void answer_box::put(hook_ticket ticket, Decision* decision) {
    const std::lock_guard lock(mutex_);
    if (shard_ == nullptr) return;
    std::optional<Decision> kept;
    if (decision != nullptr) kept = std::move(*decision);
    answers_.push_back({ticket, std::move(kept)});
    if (answers_.size() == 1) shard_->post([box = shared_from_this()] { box->deliver(); });
}

void answer_box::deliver() {
    std::vector<answer> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(answers_);
    }
    for (answer& one : taken) {
        std::visit([&](auto& decision) { gate_->answer(one.ticket, decision ? &*decision : nullptr); },
                   one.decision);
    }
}

}  // namespace fanwire
