#pragma once

#include <fanwire/hooks.hpp>

#include "engine/hook_gate.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fanwire::test {

/// Makes replies whose answers wait until the test brings them to the gate, as they would come from another
/// thread.
class fake_replies final : public reply_factory {
public:
    [[nodiscard]] reply<connect_decision> connect_reply(hook_ticket ticket) override {
        return make<connect_decision>(ticket);
    }
    [[nodiscard]] reply<join_decision> join_reply(hook_ticket ticket) override {
        return make<join_decision>(ticket);
    }
    [[nodiscard]] reply<message_decision> message_reply(hook_ticket ticket) override {
        return make<message_decision>(ticket);
    }

    [[nodiscard]] std::size_t waiting() const noexcept { return answers_->size(); }
    /// Brings the answers that were given so far.
    void bring(hook_gate& gate) {
        for (answer& one : std::exchange(*answers_, {})) {
            std::visit([&](auto& decision) { gate.answer(one.ticket, decision ? &*decision : nullptr); },
                       one.decision);
        }
    }

private:
    struct answer {
        hook_ticket ticket;
        std::variant<std::optional<connect_decision>, std::optional<join_decision>,
                     std::optional<message_decision>>
            decision;
    };
    using answer_list = std::deque<answer>;

    template <class Decision>
    reply<Decision> make(hook_ticket ticket) {
        return reply<Decision>([answers = answers_, ticket](Decision* decision) {
            std::optional<Decision> kept;
            if (decision != nullptr) kept = std::move(*decision);
            answers->push_back({ticket, std::move(kept)});
        });
    }

    /// Outlives the factory as long as any reply does.
    std::shared_ptr<answer_list> answers_ = std::make_shared<answer_list>();
};

/// A host that keeps what it is asked until the test answers.
class fake_host final : public hook_sink {
public:
    void submit(hook_batch&& batch) override {
        batches_.push_back(batch.size());
        for (hook_call& call : batch) {
            if (auto* message = std::get_if<message_call>(&call)) messages_.push_back(std::move(*message));
            if (auto* join = std::get_if<join_call>(&call)) joins_.push_back(std::move(*join));
            if (auto* told = std::get_if<notice_call>(&call)) notices_.push_back(std::move(told->notice));
            if (auto* connect = std::get_if<connect_call>(&call)) connects_.push_back(std::move(*connect));
        }
    }

    /// The requests that are not answered, in the order in which they came.
    [[nodiscard]] std::deque<message_call>& messages() noexcept { return messages_; }
    [[nodiscard]] std::deque<connect_call>& connects() noexcept { return connects_; }
    [[nodiscard]] std::deque<join_call>& joins() noexcept { return joins_; }
    /// What it was told since the last call.
    [[nodiscard]] std::vector<notice> notices() { return std::exchange(notices_, {}); }
    /// The sizes of the batches since the last call.
    [[nodiscard]] std::vector<std::size_t> batches() { return std::exchange(batches_, {}); }
    /// The payloads of the messages that are not answered.
    [[nodiscard]] std::vector<std::string> asked() const {
        std::vector<std::string> payloads;
        payloads.reserve(messages_.size());
        for (const message_call& one : messages_) payloads.push_back(one.request.payload);
        return payloads;
    }

    /// Answers the `index`th of the messages that are not answered.
    void decide(std::size_t index, message_decision decision) { take(index).answer(std::move(decision)); }
    void decide(message_decision decision) { decide(0, std::move(decision)); }
    /// Forgets its reply.
    void drop_reply(std::size_t index = 0) { static_cast<void>(take(index)); }

private:
    message_call take(std::size_t index) {
        message_call taken = std::move(messages_.at(index));
        messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(index));
        return taken;
    }

    std::deque<message_call> messages_;
    std::deque<connect_call> connects_;
    std::deque<join_call> joins_;
    std::vector<notice> notices_;
    std::vector<std::size_t> batches_;
};

}  // namespace fanwire::test
