#include "hook_values.hpp"

#include "convert.hpp"

#include <string>
#include <utility>
#include <variant>

namespace fanwire::node {
namespace {

/// Headers cannot contain line ends.
std::string joined(const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string lines;
    for (const auto& [name, value] : headers) lines.append(name).append("\n").append(value).append("\n");
    return lines;
}

void start(napi_env env, hook which, arguments& flat) {
    flat.push_back(number_to_js(env, static_cast<double>(which)));
}

void append(napi_env env, const connect_call& call, arguments& flat) {
    const connect_request& request = call.request;
    start(env, hook::on_connect, flat);
    flat.push_back(text_to_js(env, to_string(request.client)));
    flat.push_back(text_to_js(env, request.path));
    flat.push_back(text_to_js(env, request.query));
    flat.push_back(bytes_to_js(env, joined(request.headers)));
    flat.push_back(text_to_js(env, request.remote_address));
    flat.push_back(text_to_js(env, request.subprotocol));
}

napi_value flag_to_js(napi_env env, bool flag) {
    napi_value made = nullptr;
    napi_get_boolean(env, flag, &made);
    return made;
}

void append(napi_env env, const join_call& call, arguments& flat) {
    const join_request& request = call.request;
    start(env, hook::on_join, flat);
    flat.push_back(text_to_js(env, to_string(request.client)));
    flat.push_back(optional_to_js(env, request.user));
    flat.push_back(text_to_js(env, request.room));
    flat.push_back(flag_to_js(env, request.is_pattern));
}

void append(napi_env env, const message_call& call, arguments& flat) {
    const message_request& request = call.request;
    start(env, hook::on_message, flat);
    flat.push_back(text_to_js(env, to_string(request.client)));
    flat.push_back(optional_to_js(env, request.user));
    flat.push_back(text_to_js(env, request.room));
    flat.push_back(text_to_js(env, request.payload));
}

void append(napi_env env, const leave_notice& told, arguments& flat) {
    start(env, hook::on_leave, flat);
    flat.push_back(text_to_js(env, to_string(told.client)));
    flat.push_back(optional_to_js(env, told.user));
    flat.push_back(text_to_js(env, told.room));
    flat.push_back(flag_to_js(env, told.is_pattern));
    flat.push_back(flag_to_js(env, told.has_disconnected));
}

void append(napi_env env, const disconnect_notice& told, arguments& flat) {
    start(env, hook::on_disconnect, flat);
    flat.push_back(text_to_js(env, to_string(told.client)));
    flat.push_back(optional_to_js(env, told.user));
    flat.push_back(number_to_js(env, static_cast<double>(told.code)));
    flat.push_back(text_to_js(env, told.reason));
}

void append(napi_env env, const bus_state_notice& told, arguments& flat) {
    start(env, hook::on_bus_state, flat);
    flat.push_back(number_to_js(env, static_cast<double>(told.state)));
    flat.push_back(number_to_js(env, static_cast<double>(told.since)));
    flat.push_back(number_to_js(env, static_cast<double>(told.outbox_messages)));
}

void append(napi_env env, const notice_call& call, arguments& flat) {
    std::visit([&](const auto& told) { append(env, told, flat); }, call.notice);
}

void give(connect_call& call, answer_code code) {
    if (code == answer_code::yes) return call.answer(accept{});
    if (code == answer_code::no) return call.answer(reject{});
    call.answer = {};
}

void give(join_call& call, answer_code code) {
    if (code == answer_code::yes) return call.answer(allow{});
    if (code == answer_code::no) return call.answer(refuse{});
    call.answer = {};
}

void give(message_call& call, answer_code code) {
    if (code == answer_code::yes) return call.answer(allow{});
    if (code == answer_code::no) return call.answer(refuse{});
    if (code == answer_code::drop) return call.answer(drop{});
    call.answer = {};
}

void give(connect_call& call, answer_code code, const Napi::CallbackInfo& info) {
    if (code == answer_code::accept_as) return call.answer(accept{optional_text(info[2])});
    if (code == answer_code::reject_with) {
        const auto number = static_cast<close_code>(info[2].As<Napi::Number>().Uint32Value());
        return call.answer(reject{number, info[3].As<Napi::String>().Utf8Value()});
    }
    give(call, code);
}

refuse refusal_of(const Napi::CallbackInfo& info) {
    const auto number = static_cast<errc>(info[2].As<Napi::Number>().Int32Value());
    return {number, info[3].As<Napi::String>().Utf8Value()};
}

void give(join_call& call, answer_code code, const Napi::CallbackInfo& info) {
    if (code == answer_code::refuse_with) return call.answer(refusal_of(info));
    give(call, code);
}

void give(message_call& call, answer_code code, const Napi::CallbackInfo& info) {
    if (code == answer_code::change) {
        return call.answer(change{{optional_text(info[2]), optional_text(info[3]), optional_text(info[4])}});
    }
    if (code == answer_code::refuse_with) return call.answer(refusal_of(info));
    give(call, code);
}

void give(notice_call&, answer_code) {}
void give(notice_call&, answer_code, const Napi::CallbackInfo&) {}

bool awaits(const connect_call& call) { return static_cast<bool>(call.answer); }
bool awaits(const join_call& call) { return static_cast<bool>(call.answer); }
bool awaits(const message_call& call) { return static_cast<bool>(call.answer); }
bool awaits(const notice_call&) { return false; }

}  // namespace

void append(napi_env env, const hook_call& call, arguments& flat) {
    std::visit([&](const auto& one) { append(env, one, flat); }, call);
}

bool awaits_answer(const hook_call& call) {
    return std::visit([](const auto& one) { return awaits(one); }, call);
}

void give(hook_call& call, answer_code code) {
    std::visit([&](auto& one) { give(one, code); }, call);
}

void give(hook_call& call, answer_code code, const Napi::CallbackInfo& info) {
    std::visit([&](auto& one) { give(one, code, info); }, call);
}

}  // namespace fanwire::node
