#pragma once

#include <fanwire/hooks.hpp>

#include <cstdint>
#include <napi.h>
#include <vector>

namespace fanwire::node {

/// What JavaScript writes into the array of codes, or gives to `answer`. node/src/decisions.ts has the same
/// numbers.
enum class answer_code : std::uint8_t {
    /// The answer follows by `answer`.
    later,
    /// `accept`, `allow`.
    yes,
    /// `reject`, `refuse`, with what they say by themselves.
    no,
    /// `drop`.
    drop,
    /// The hook failed: the server denies.
    fail,
    /// `accept` with: user.
    accept_as,
    /// `reject` with: code, reason.
    reject_with,
    /// `change` with: user, text, data.
    change,
    /// `refuse` with: the code's number, message.
    refuse_with,
};

/// Which hook a call is for. node/src/hook_kinds.ts has the same order.
enum class hook : std::uint8_t { on_connect, on_join, on_message, on_leave, on_disconnect, on_bus_state };

using arguments = std::vector<napi_value>;

/// Appends which hook the call is for, and its parts:
/// `on_connect`: client, path, query, headers (name, line end, value, line end, …), address, subprotocol;
/// `on_join`: client, user, room, is it a pattern; `on_message`: client, user, room, payload;
/// `on_leave`: client, user, room, is it a pattern, has it disconnected;
/// `on_disconnect`: client, user, code, reason; `on_bus_state`: state, since, messages in the outbox.
void append(napi_env env, const hook_call& call, arguments& flat);

/// Whether the call has a reply that nobody has given.
[[nodiscard]] bool awaits_answer(const hook_call& call);

/// Answers a call with a code that needs no details. A notification is not answered.
void give(hook_call& call, answer_code code);

/// Answers a call with a code, and its details from the third argument on.
void give(hook_call& call, answer_code code, const Napi::CallbackInfo& info);

}  // namespace fanwire::node
