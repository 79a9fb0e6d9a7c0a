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

using arguments = std::vector<napi_value>;

/// Appends the request's parts: client, path, query, headers (name, line end, value, line end, …), address,
/// subprotocol.
void append(napi_env env, const connect_request& request, arguments& flat);
/// Appends the request's parts: client, user, room, payload.
void append(napi_env env, const message_request& request, arguments& flat);

/// Answers a call with a code that needs no details.
void give(connect_call& call, answer_code code);
void give(message_call& call, answer_code code);

/// Answers a call with a code, and its details from the third argument on.
void give(connect_call& call, answer_code code, const Napi::CallbackInfo& info);
void give(message_call& call, answer_code code, const Napi::CallbackInfo& info);

}  // namespace fanwire::node
