#pragma once

#include <fanwire/server.hpp>

#include "hooks.hpp"

#include <memory>
#include <napi.h>
#include <thread>
#include <vector>

namespace fanwire::node {

/// `fanwire::server` as a JavaScript object, for one run: from `start` to `close`.
///
/// `start` and `stop` take their time on a thread of their own: a drain would block one of the few threads of
/// libuv's pool. What JavaScript waits for has a number, with which the receiver's `outcomes` is called.
class server_wrap : public Napi::ObjectWrap<server_wrap> {
public:
    [[nodiscard]] static Napi::Function define(Napi::Env env);

    /// new Server(options, receiver, { hooks, leastLevel })
    explicit server_wrap(const Napi::CallbackInfo& info);
    server_wrap(const server_wrap&) = delete;
    server_wrap& operator=(const server_wrap&) = delete;
    ~server_wrap() override;

private:
    void start(const Napi::CallbackInfo& info);
    void stop(const Napi::CallbackInfo& info);
    void close(const Napi::CallbackInfo& info);
    void ref(const Napi::CallbackInfo& info) { bridge_->ref(info.Env()); }
    void unref(const Napi::CallbackInfo& info) { bridge_->unref(info.Env()); }
    void answer(const Napi::CallbackInfo& info) { bridge_->answer(info); }
    void publish(const Napi::CallbackInfo& info);
    void publish_raw(const Napi::CallbackInfo& info);
    void send(const Napi::CallbackInfo& info);
    [[nodiscard]] Napi::Value port(const Napi::CallbackInfo& info);
    [[nodiscard]] Napi::Value url(const Napi::CallbackInfo& info);
    [[nodiscard]] Napi::Value is_running(const Napi::CallbackInfo& info);
    [[nodiscard]] Napi::Value stats(const Napi::CallbackInfo& info);

    /// The environment ends (process exit, end of a worker thread) with the server still open.
    static void on_env_end(void* self);
    /// Runs `work` on a thread of its own, then settles `id`.
    template <class Work>
    void run_aside(double id, Work work);
    void join_asides();
    [[nodiscard]] server::publish_callback settle_publish(const Napi::Value& id);

    Napi::Env env_;
    std::shared_ptr<bridge> bridge_;
    std::unique_ptr<server> server_;
    std::vector<std::thread> asides_;
    bool is_open_ = true;
};

[[nodiscard]] Napi::Object stats_to_js(Napi::Env env, const fanwire::stats& now);

}  // namespace fanwire::node
