#include <fanwire/error.hpp>
#include <fanwire/version.hpp>

#include "options.hpp"
#include "server.hpp"

#include <napi.h>
#include <string>

namespace fanwire::node {
namespace {

/// The names of `errc`; index 0 is no error.
Napi::Array error_names(Napi::Env env) {
    auto names = Napi::Array::New(env);
    names.Set(0U, "");
    for (int i = 1; i <= static_cast<int>(errc::not_running); ++i) {
        names.Set(static_cast<std::uint32_t>(i), std::string{error_name(static_cast<errc>(i))});
    }
    return names;
}

Napi::Object define(Napi::Env env, Napi::Object exports) {
    exports.Set("version", std::string{version});
    exports.Set("errorNames", error_names(env));
    exports.Set("emptyStats", stats_to_js(env, {}));
    exports.Set("optionTable", Napi::Function::New(env, option_list, "optionTable"));
    exports.Set("Options", options_wrap::define(env));
    exports.Set("Server", server_wrap::define(env));
    return exports;
}

}  // namespace
}  // namespace fanwire::node

static Napi::Object init(Napi::Env env, Napi::Object exports) { return fanwire::node::define(env, exports); }

NODE_API_MODULE(fanwire, init)
