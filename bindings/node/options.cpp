#include "options.hpp"

#include <fanwire/option_table.hpp>

#include "convert.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace fanwire::node {
namespace {

Napi::Value value_to_js(Napi::Env env, const option_value& value) {
    return std::visit(
        [env](const auto& v) -> Napi::Value {
            using type = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<type, bool>) {
                return Napi::Boolean::New(env, v);
            } else if constexpr (std::is_same_v<type, std::int64_t>) {
                return Napi::Number::New(env, static_cast<double>(v));
            } else if constexpr (std::is_same_v<type, std::string>) {
                return Napi::String::New(env, v);
            } else {
                auto list = Napi::Array::New(env, v.size());
                for (std::uint32_t i = 0; i < v.size(); ++i) list.Set(i, v[i]);
                return list;
            }
        },
        value);
}

std::vector<std::string> list_from_js(const Napi::Array& list) {
    std::vector<std::string> texts;
    for (std::uint32_t i = 0; i < list.Length(); ++i) {
        const Napi::Value item = list[i];
        if (!item.IsString()) throw std::invalid_argument("an array of strings is wanted");
        texts.push_back(item.As<Napi::String>().Utf8Value());
    }
    return texts;
}

option_value value_from_js(const Napi::Value& given) {
    if (given.IsBoolean()) return given.As<Napi::Boolean>().Value();
    if (given.IsString()) return given.As<Napi::String>().Utf8Value();
    if (given.IsArray()) return list_from_js(given.As<Napi::Array>());
    if (!given.IsNumber())
        throw std::invalid_argument("a string, boolean, number or array of strings is wanted");
    const double number = given.As<Napi::Number>().DoubleValue();
    // 2^53: up to there a number of JavaScript is exact.
    if (number != std::trunc(number) || std::abs(number) > 9007199254740992.0) {
        throw std::invalid_argument("a whole number is wanted");
    }
    return static_cast<std::int64_t>(number);
}

template <class Function>
void or_bad_option(Napi::Env env, Function run) {
    try {
        run();
    } catch (const std::invalid_argument& bad) {
        throw error_with_code(env, "bad_option", bad.what());
    }
}

}  // namespace

Napi::Function options_wrap::define(Napi::Env env) {
    return DefineClass(
        env, "Options",
        {InstanceMethod<&options_wrap::set>("set"),
         InstanceMethod<&options_wrap::set_from_text>("setFromText"),
         InstanceMethod<&options_wrap::check>("check"), InstanceMethod<&options_wrap::demo>("demo"),
         InstanceMethod<&options_wrap::drain_timeout_ms>("drainTimeoutMs")});
}

void options_wrap::set(const Napi::CallbackInfo& info) {
    or_bad_option(info.Env(), [&] {
        set_option(value_, info[0].As<Napi::String>().Utf8Value(), value_from_js(info[1]));
    });
}

void options_wrap::set_from_text(const Napi::CallbackInfo& info) {
    or_bad_option(info.Env(), [&] {
        const auto text = info[1].As<Napi::String>().Utf8Value();
        set_option_from_text(value_, info[0].As<Napi::String>().Utf8Value(), text);
    });
}

void options_wrap::check(const Napi::CallbackInfo& info) {
    or_bad_option(info.Env(), [&] { check_options(value_); });
}

Napi::Value options_wrap::demo(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), value_.demo);
}

Napi::Value options_wrap::drain_timeout_ms(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), static_cast<double>(value_.drain_timeout.count()));
}

Napi::Value option_list(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    auto list = Napi::Array::New(env);
    for (const option_info& option : option_table()) {
        auto item = Napi::Object::New(env);
        item.Set("name", std::string{option.name});
        item.Set("kind", std::string(option_kind_name(option.kind)));
        item.Set("initial", value_to_js(env, option.initial));
        item.Set("least", static_cast<double>(option.least));
        item.Set("most", static_cast<double>(option.most));
        item.Set("zero", std::string{option.zero});
        item.Set("help", std::string{option.help});
        list.Set(list.Length(), item);
    }
    return list;
}

}  // namespace fanwire::node
