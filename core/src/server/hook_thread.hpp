#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/log.hpp>

#include <atomic>
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
    [[nodiscard]] static host host_of(hooks functions, log_function log);

    hook_thread(hooks functions, log_function log);
    /// Drops the requests that wait. Waits for the function that runs, unless that is what ends the server.
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
    };

    static void run(const std::shared_ptr<shared_state>& state);
    static void call(shared_state& state, hook_call& asked);

    std::shared_ptr<shared_state> state_;
    std::thread thread_;
};

}  // namespace fanwire
