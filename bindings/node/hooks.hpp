#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/log.hpp>

#include "asked.hpp"
#include "hook_values.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <napi.h>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire::node {

/// How something that JavaScript waits for ended.
struct outcome {
    /// By which JavaScript knows what it waits for.
    double id = 0;
    /// The error's code and a sentence; both empty when all went well.
    std::string error;
    std::string sentence;
    /// What the operation has to tell besides, as a number that the package can read.
    double value = 0;
};

/// Where a server's threads and JavaScript meet: hook requests, outcomes and log lines go to JavaScript in
/// batches, one wake-up for all that waits, and the hooks' answers come back.
///
/// Thread safety: `submit`, `settle` and `write` may be called from any thread, all else on JavaScript's.
class bridge final : public hook_sink {
public:
    /// Log lines below `least` are left out. A request that JavaScript has not answered for `memory` may be
    /// forgotten: the server denied it meanwhile.
    bridge(log_level least, std::chrono::milliseconds memory) : least_(least), memory_(memory) {}

    /// Begins to call the functions of `receiver`: `calls`, `outcomes`, `lines`. Keeps no event loop alive
    /// until `ref`.
    static void open(const std::shared_ptr<bridge>& self, Napi::Env env, const Napi::Object& receiver);

    /// Hands over what waits, but for requests, which nobody waits for any more, and calls no more.
    /// Preconditions: whoever might call `submit`, `settle` or `write` has ended.
    void close(Napi::Env env);

    /// As `close` while the environment ends: nothing is handed over, and the thread-safe function is left to
    /// Node, which frees it on its own.
    void abandon();

    void ref(Napi::Env env);
    void unref(Napi::Env env);

    void submit(hook_batch&& calls) override;
    void settle(outcome ended);
    void write(log_level level, std::string_view line);

    /// Takes the answer to a request: its id, an `answer_code`, and what that needs. Does nothing if the
    /// request has been answered or forgotten.
    void answer(const Napi::CallbackInfo& info);

private:
    struct log_line {
        log_level level;
        std::string text;
    };
    /// What JavaScript is given at a time.
    struct batch {
        std::vector<hook_call> calls;
        std::vector<outcome> outcomes;
        std::vector<log_line> lines;
        std::size_t lines_lost = 0;
        bool is_all = true;
    };

    static void on_wake(napi_env env, napi_value, void* context, void*);
    void wake();
    [[nodiscard]] batch take();
    void deliver(napi_env env);
    void forget_old();
    void ask(napi_env env, std::vector<hook_call>& calls);
    void tell_outcomes(napi_env env, const std::vector<outcome>& outcomes);
    void tell_lines(napi_env env, const batch& given);
    void shut();
    void let_go();

    const log_level least_;
    const std::chrono::milliseconds memory_;

    std::mutex mutex_;
    // Guarded by mutex_.
    std::deque<hook_call> calls_;
    std::deque<outcome> outcomes_;
    std::vector<log_line> lines_;
    std::size_t lines_lost_ = 0;
    bool is_open_ = false;
    bool is_woken_ = false;

    // On JavaScript's thread only; wake_up_ is called by all while is_open_.
    napi_threadsafe_function wake_up_ = nullptr;
    Napi::FunctionReference on_calls_;
    Napi::FunctionReference on_outcomes_;
    Napi::FunctionReference on_lines_;
    Napi::Reference<Napi::Uint8Array> codes_;
    asked asked_;
    std::uint64_t next_id_ = 1;
    std::uint64_t oldest_ = 1;
    std::chrono::steady_clock::time_point next_forget_{};
};

}  // namespace fanwire::node
