#pragma once

#include "base/executor.hpp"
#include "engine/hook_gate.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace fanwire {

/// Brings the host's answers back to a shard. Replies may outlive the shard, and the server: then they are
/// ignored.
class answer_box final : public reply_factory, public std::enable_shared_from_this<answer_box> {
public:
    explicit answer_box(executor& shard) : shard_(&shard) {}

    /// Where answers go. Must be called before the first reply is made.
    void attach(hook_gate& gate) { gate_ = &gate; }

    [[nodiscard]] reply<connect_decision> connect_reply(hook_ticket ticket) override;
    [[nodiscard]] reply<join_decision> join_reply(hook_ticket ticket) override;
    [[nodiscard]] reply<message_decision> message_reply(hook_ticket ticket) override;

    /// Ignores all answers from now on. Must be called before the shard's executor ends.
    void close();

private:
    template <class Decision>
    [[nodiscard]] reply<Decision> make(hook_ticket ticket);
    template <class Decision>
    void put(hook_ticket ticket, Decision* decision);
    void deliver();

    struct answer {
        hook_ticket ticket;
        /// Which hook, and what it decided; an empty optional if the reply was dropped.
        std::variant<std::optional<connect_decision>, std::optional<join_decision>,
                     std::optional<message_decision>>
            decision;
    };

    std::mutex mutex_;
    executor* shard_;
    hook_gate* gate_ = nullptr;
    std::vector<answer> answers_;
};

}  // namespace fanwire
