#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/reply.hpp>

#include "fork_mark.hpp"

#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace fanwire::python {

/// The answer that a hook owes, of whichever hook it is. Destroyed unanswered, it denies.
/// Exceptions: Python's `fanwire.ForkedError` from whatever answers in a forked child.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class hook_reply {
public:
    explicit hook_reply(reply<connect_decision>&& answer) : answer_(std::move(answer)) {}
    explicit hook_reply(reply<join_decision>&& answer) : answer_(std::move(answer)) {}
    explicit hook_reply(reply<message_decision>&& answer) : answer_(std::move(answer)) {}

    hook_reply(hook_reply&&) noexcept = default;
    hook_reply& operator=(hook_reply&&) = delete;
    hook_reply(const hook_reply&) = delete;
    hook_reply& operator=(const hook_reply&) = delete;
    /// In a forked child the reply is leaked: dropping it would reach for the threads of the parent.
    ~hook_reply();

    /// Which hook owes it, by name.
    [[nodiscard]] const char* hook() const noexcept;

    /// What None and True mean.
    void allow();
    /// What False means.
    void deny();
    /// Denies as an unanswered reply does, now: an exception's traceback may keep the object for long.
    void abandon();

    /// Decisions by name. Those of another hook do nothing.
    void accept(std::optional<std::string> user);
    void reject(int code, std::string reason);
    void change(std::optional<std::string> user, std::optional<std::string> text,
                std::optional<std::string> data);
    void drop();
    void refuse(const std::string& code, std::string message);

private:
    template <class Decision>
    void answer(Decision decision);

    using any_reply = std::variant<reply<connect_decision>, reply<join_decision>, reply<message_decision>>;

    fork_mark born_;
    any_reply answer_;
};

void bind_reply(pybind11::module_& module);

}  // namespace fanwire::python
