#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/log.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace fanwire {

/// Runs a C++ host's functions, one after another, on a thread of their own.
class hook_thread final : public hook_sink {
public:
    /// What the server asks a host that has these functions.
    [[nodiscard]] static host host_of(hooks functions, log_function log, std::chrono::milliseconds timeout);

    hook_thread(hooks functions, log_function log, std::chrono::milliseconds timeout);
    /// Drops the requests that wait, and tells the notifications, for as long as a hook may take. Waits for
    /// the function that runs, unless that is what ends the server: then all is dropped.
    ~hook_thread() override;

    void submit(hook_batch&& batch) override;

private:
    struct shared_state {
        hooks functions;
        log_function log;
        std::mutex mutex;
        std::condition_variable has_work;
        std::vector<hook_batch> batches;
        std::atomic<bool> is_over = false;
        /// From when on nothing is told any more. Set before `is_over`.
        std::atomic<std::chrono::steady_clock::time_point> deadline{};
        std::chrono::milliseconds timeout{};

        [[nodiscard]] bool takes(const hook_call& call) const;
    };

    static void run(const std::shared_ptr<shared_state>& state);
    static void call(shared_state& state, hook_call& asked);

    std::shared_ptr<shared_state> state_;
    std::thread thread_;
};

}  // namespace fanwire
