#include "hook_values.hpp"

#include "convert.hpp"

#include <string>
#include <utility>

namespace fanwire::node {
namespace {

/// Headers cannot contain line ends.
std::string joined(const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string lines;
    for (const auto& [name, value] : headers) lines.append(name).append("\n").append(value).append("\n");
    return lines;
}

}  // namespace

void append(napi_env env, const connect_request& request, arguments& flat) {
    flat.push_back(text_to_js(env, to_string(request.client)));
    flat.push_back(text_to_js(env, request.path));
    flat.push_back(text_to_js(env, request.query));
    flat.push_back(bytes_to_js(env, joined(request.headers)));
    flat.push_back(text_to_js(env, request.remote_address));
    flat.push_back(text_to_js(env, request.subprotocol));
}

void append(napi_env env, const message_request& request, arguments& flat) {
    flat.push_back(text_to_js(env, to_string(request.client)));
    flat.push_back(optional_to_js(env, request.user));
    flat.push_back(text_to_js(env, request.room));
    flat.push_back(text_to_js(env, request.payload));
}

void give(connect_call& call, answer_code code) {
    if (code == answer_code::yes) return call.answer(accept{});
    if (code == answer_code::no) return call.answer(reject{});
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

void give(message_call& call, answer_code code, const Napi::CallbackInfo& info) {
    if (code == answer_code::change) {
        return call.answer(change{{optional_text(info[2]), optional_text(info[3]), optional_text(info[4])}});
    }
    if (code == answer_code::refuse_with) {
        const auto number = static_cast<errc>(info[2].As<Napi::Number>().Int32Value());
        return call.answer(refuse{number, info[3].As<Napi::String>().Utf8Value()});
    }
    give(call, code);
}

}  // namespace fanwire::node
