#include "server/hook_thread.hpp"

#include "base/overloaded.hpp"
#include "server/threads.hpp"

#include <exception>
#include <string>
#include <utility>

namespace fanwire {

host hook_thread::host_of(hooks functions, log_function log) {
    host asked;
    asked.has_on_connect = static_cast<bool>(functions.on_connect);
    asked.has_on_message = static_cast<bool>(functions.on_message);
    if (asked.has_on_connect || asked.has_on_message) {
        asked.sink = std::make_shared<hook_thread>(std::move(functions), std::move(log));
    }
    return asked;
}

hook_thread::hook_thread(hooks functions, log_function log) : state_(std::make_shared<shared_state>()) {
    state_->functions = std::move(functions);
    state_->log = std::move(log);
    thread_ = start_thread("fanwire-hooks", [state = state_] { run(state); });
}

hook_thread::~hook_thread() {
    {
        // Declared before the lock: dropped replies answer, which must not happen under it.
        std::vector<hook_batch> dropped;
        const std::lock_guard lock(state_->mutex);
        state_->is_over = true;
        dropped.swap(state_->batches);
    }
    state_->has_work.notify_one();
    if (thread_.get_id() == std::this_thread::get_id()) {
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
            if (state->is_over) return;
            taken.swap(state->batches);
        }
        for (hook_batch& batch : taken) {
            for (hook_call& asked : batch) {
                if (state->is_over) return;
                call(*state, asked);
            }
        }
    }
}

void hook_thread::call(shared_state& state, hook_call& asked) {
    try {
        std::visit(
            overloaded{
                [&](connect_call& one) { state.functions.on_connect(one.request, std::move(one.answer)); },
                [&](message_call& one) { state.functions.on_message(one.request, std::move(one.answer)); },
            },
            asked);
    } catch (const std::exception& thrown) {
        if (state.log)
            state.log(log_level::error, std::string("a hook threw, which denies: ") + thrown.what());
    } catch (...) {
        if (state.log)
            state.log(log_level::error, "a hook threw something that is no exception, which denies");
    }
}

}  // namespace fanwire
