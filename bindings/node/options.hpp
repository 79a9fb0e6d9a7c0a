#pragma once

#include <fanwire/options.hpp>

#include <napi.h>

namespace fanwire::node {

/// `fanwire::options` as a JavaScript object: `set(name, value)`, `setFromText(name, text)`, `check()`,
/// `drainTimeoutMs()`.
class options_wrap : public Napi::ObjectWrap<options_wrap> {
public:
    [[nodiscard]] static Napi::Function define(Napi::Env env);

    explicit options_wrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

    [[nodiscard]] const options& value() const { return value_; }

private:
    void set(const Napi::CallbackInfo& info);
    void set_from_text(const Napi::CallbackInfo& info);
    void check(const Napi::CallbackInfo& info);
    [[nodiscard]] Napi::Value demo(const Napi::CallbackInfo& info);
    [[nodiscard]] Napi::Value drain_timeout_ms(const Napi::CallbackInfo& info);

    options value_;
};

/// `fanwire::option_table` as an array of objects.
[[nodiscard]] Napi::Value option_list(const Napi::CallbackInfo& info);

}  // namespace fanwire::node
