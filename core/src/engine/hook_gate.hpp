#pragma once

#include <fanwire/hooks.hpp>

#include "base/counter.hpp"
#include "base/time.hpp"
#include "engine/notice_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <variant>

namespace fanwire {

/// Names one request to a hook within its shard.
using hook_ticket = std::uint64_t;

/// How a request to a hook ended.
template <class Decision>
struct hook_answer {
    /// The host's decision, or none: then it is denied, for `denial`.
    std::optional<Decision> decision;
    errc denial = errc::unavailable;
};

/// Makes the replies that the host gets, and brings its answers back to the shard's thread.
class reply_factory {
public:
    virtual ~reply_factory() = default;
    [[nodiscard]] virtual reply<connect_decision> connect_reply(hook_ticket ticket) = 0;
    [[nodiscard]] virtual reply<join_decision> join_reply(hook_ticket ticket) = 0;
    [[nodiscard]] virtual reply<message_decision> message_reply(hook_ticket ticket) = 0;
};

/// The only way from a shard to the host's hooks. Requests gather for a turn and go out in batches; what is
/// not answered in time, or not at all, is denied.
///
/// Thread safety: all calls on the shard's thread.
class hook_gate {
public:
    using on_connect_answer = std::function<void(hook_answer<connect_decision>)>;
    using on_join_answer = std::function<void(hook_answer<join_decision>)>;
    using on_message_answer = std::function<void(hook_answer<message_decision>)>;

    struct settings {
        duration timeout{};
        std::size_t max_requests = 0;
    };
    struct counters {
        counter calls;
        counter timeouts;
        counter refused;
        counter outstanding;
    };

    hook_gate(host asked, reply_factory& replies, settings limits);

    [[nodiscard]] bool has_on_connect() const noexcept { return host_.has_on_connect; }
    [[nodiscard]] bool has_on_join() const noexcept { return host_.has_on_join; }
    [[nodiscard]] bool has_on_message() const noexcept { return host_.has_on_message; }
    [[nodiscard]] bool has_on_leave() const noexcept { return host_.has_on_leave; }
    [[nodiscard]] bool has_on_disconnect() const noexcept { return host_.has_on_disconnect; }

    /// Puts a request to the host. `then` is called once, later; never if the gate is destroyed before.
    /// Returns false, and calls nothing, if too many requests wait already.
    [[nodiscard]] bool ask(connect_request&& request, on_connect_answer then, time_point now);
    [[nodiscard]] bool ask(join_request&& request, on_join_answer then, time_point now);
    [[nodiscard]] bool ask(message_request&& request, on_message_answer then, time_point now);

    /// The host answered, or dropped its reply (null).
    void answer(hook_ticket ticket, connect_decision* decision);
    void answer(hook_ticket ticket, join_decision* decision);
    void answer(hook_ticket ticket, message_decision* decision);

    /// Tells the host; not if too many notifications wait.
    void tell(notice&& told);

    /// Hands the turn's requests and notifications to the host, in their order.
    void submit();

    /// Denies what has waited too long.
    void expire(time_point now);
    /// Denies all that waits.
    void deny_all();

    [[nodiscard]] const counters& counted() const noexcept { return counters_; }
    [[nodiscard]] const notice_limit::counters& notices() const noexcept { return notices_.counted(); }

private:
    using waiting = std::variant<on_connect_answer, on_join_answer, on_message_answer>;
    struct deadline {
        time_point at;
        hook_ticket ticket;
    };

    template <class Call, class Request, class Reply, class Then>
    [[nodiscard]] bool put(Request&& request, Reply make_reply, Then&& then, time_point now);
    template <class Decision>
    void pass_on(hook_ticket ticket, Decision* decision);
    [[nodiscard]] bool admit(waiting&& then, time_point now);
    [[nodiscard]] std::optional<waiting> take(hook_ticket ticket);
    bool deny(hook_ticket ticket, errc denial);

    host host_;
    reply_factory& replies_;
    settings limits_;
    hook_ticket last_ticket_ = 0;
    std::unordered_map<hook_ticket, waiting> waiting_;
    /// In the order of asking, which is the order of the deadlines. What was answered meanwhile is skipped.
    std::deque<deadline> deadlines_;
    hook_batch batch_;
    notice_limit notices_;
    counters counters_;
};

}  // namespace fanwire
