#pragma once

#include <fanwire/error.hpp>

#include <napi.h>
#include <optional>
#include <string>
#include <string_view>

namespace fanwire::node {

/// Text as a JavaScript string. Null if the environment is ending.
[[nodiscard]] inline napi_value text_to_js(napi_env env, std::string_view text) {
    unsigned char bits = 0;
    for (const char c : text) bits |= static_cast<unsigned char>(c);
    napi_value made = nullptr;
    // What is ASCII need not be decoded.
    if (bits < 0x80) {
        napi_create_string_latin1(env, text.data(), text.size(), &made);
    } else {
        napi_create_string_utf8(env, text.data(), text.size(), &made);
    }
    return made;
}

/// The same for bytes of any kind, one character each, as Node gives header fields.
[[nodiscard]] inline napi_value bytes_to_js(napi_env env, std::string_view bytes) {
    napi_value made = nullptr;
    napi_create_string_latin1(env, bytes.data(), bytes.size(), &made);
    return made;
}

[[nodiscard]] inline napi_value number_to_js(napi_env env, double number) {
    napi_value made = nullptr;
    napi_create_double(env, number, &made);
    return made;
}

[[nodiscard]] inline napi_value undefined(napi_env env) {
    napi_value made = nullptr;
    napi_get_undefined(env, &made);
    return made;
}

[[nodiscard]] inline napi_value optional_to_js(napi_env env, const std::optional<std::string>& text) {
    return text ? text_to_js(env, *text) : undefined(env);
}

/// A string, or nothing for `undefined`.
[[nodiscard]] inline std::optional<std::string> optional_text(const Napi::Value& given) {
    if (given.IsUndefined()) return std::nullopt;
    return given.As<Napi::String>().Utf8Value();
}

/// What the package makes a `FanwireError` of.
[[nodiscard]] inline Napi::Error error_with_code(Napi::Env env, const std::string& code,
                                                 const std::string& sentence) {
    auto made = Napi::Error::New(env, sentence);
    made.Set("code", Napi::String::New(env, code));
    return made;
}

}  // namespace fanwire::node
