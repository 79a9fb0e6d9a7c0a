#include "server/hook_thread.hpp"

#include "base/overloaded.hpp"
#include "server/threads.hpp"

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace fanwire {

namespace {

void run_hook(const hooks& functions, connect_call& call) {
    functions.on_connect(call.request, std::move(call.answer));
}

void run_hook(const hooks& functions, join_call& call) {
    functions.on_join(call.request, std::move(call.answer));
}

void run_hook(const hooks& functions, message_call& call) {
    functions.on_message(call.request, std::move(call.answer));
}

void run_hook(const hooks& functions, notice_call& call) {
    std::visit(overloaded{
                   [&](const leave_notice& told) { functions.on_leave(told); },
                   [&](const disconnect_notice& told) { functions.on_disconnect(told); },
                   [&](const bus_state_notice& told) { functions.on_bus_state(told); },
               },
               call.notice);
}

}  // namespace

host hook_thread::host_of(hooks functions, log_function log, std::chrono::milliseconds timeout) {
    host asked;
    asked.has_on_connect = static_cast<bool>(functions.on_connect);
    asked.has_on_join = static_cast<bool>(functions.on_join);
    asked.has_on_message = static_cast<bool>(functions.on_message);
    asked.has_on_leave = static_cast<bool>(functions.on_leave);
    asked.has_on_disconnect = static_cast<bool>(functions.on_disconnect);
    asked.has_on_bus_state = static_cast<bool>(functions.on_bus_state);
    if (asked.has_any()) {
        asked.sink = std::make_shared<hook_thread>(std::move(functions), std::move(log), timeout);
    }
    return asked;
}

hook_thread::hook_thread(hooks functions, log_function log, std::chrono::milliseconds timeout)
    : state_(std::make_shared<shared_state>()) {
    state_->functions = std::move(functions);
    state_->log = std::move(log);
    state_->timeout = timeout;
    thread_ = start_thread("fanwire-hooks", [state = state_] { run(state); });
}

hook_thread::~hook_thread() {
    const bool is_own = thread_.get_id() == std::this_thread::get_id();
    {
        // Declared before the lock: dropped replies answer, which must not happen under it.
        std::vector<hook_call> dropped;
        const std::lock_guard lock(state_->mutex);
        const auto now = std::chrono::steady_clock::now();
        state_->deadline = is_own ? now : now + state_->timeout;
        state_->is_over = true;
        for (hook_batch& batch : state_->batches) {
            for (hook_call& call : batch) {
                if (!state_->takes(call)) dropped.push_back(std::move(call));
            }
            std::erase_if(batch, [&](const hook_call& call) { return !state_->takes(call); });
        }
    }
    state_->has_work.notify_one();
    if (is_own) {
        thread_.detach();
    } else {
        thread_.join();
    }
}

void hook_thread::submit(hook_batch&& batch) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->batches.push_back(std::move(batch));
    }
    state_->has_work.notify_one();
}

void hook_thread::run(const std::shared_ptr<shared_state>& state) {
    for (;;) {
        std::vector<hook_batch> taken;
        {
            std::unique_lock lock(state->mutex);
            state->has_work.wait(lock, [&] { return state->is_over || !state->batches.empty(); });
            if (state->batches.empty()) return;
            taken.swap(state->batches);
        }
        for (hook_batch& batch : taken) {
            for (hook_call& asked : batch) {
                if (state->takes(asked)) call(*state, asked);
            }
        }
    }
}

/// Whether a call is still to be put to its hook.
bool hook_thread::shared_state::takes(const hook_call& call) const {
    if (!is_over) return true;
    return std::holds_alternative<notice_call>(call) && std::chrono::steady_clock::now() < deadline.load();
}

void hook_thread::call(shared_state& state, hook_call& asked) {
    const bool denies = !std::holds_alternative<notice_call>(asked);
    const auto log = [&](std::string_view what) {
        if (!state.log) return;
        state.log(log_level::error,
                  "a hook threw" + std::string(denies ? ", which denies: " : ": ") + std::string(what));
    };
    try {
        std::visit([&](auto& one) { run_hook(state.functions, one); }, asked);
    } catch (const std::exception& thrown) {
        log(thrown.what());
    } catch (...) {
        log("something that is no exception");
    }
}

}  // namespace fanwire
