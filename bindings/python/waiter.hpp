#pragma once

#include "errors.hpp"
#include "gil.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace fanwire::python {

/// Waits for one callback of the server.
///
/// Thread safety: the callback may be called from any thread; all else is its maker's.
template <class Result>
class waiter {
public:
    /// What to give to the server. It may outlive the waiter.
    [[nodiscard]] auto callback() const {
        return [state = state_](std::error_code error, const Result& result) {
            {
                const std::lock_guard lock(state->mutex);
                state->outcome.emplace(error, result);
            }
            state->told.notify_one();
        };
    }

    /// Waits without the GIL, and lets signal handlers run meanwhile.
    /// Exceptions: of `fanwire.errors` what the server reported; what a signal handler raises.
    [[nodiscard]] Result wait() {
        while (!wait_some()) {
            if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
        }
        const auto& [error, result] = *state_->outcome;
        if (error) raise_error(error, error.message());
        return result;
    }

private:
    struct shared_state {
        std::mutex mutex;
        std::condition_variable told;
        std::optional<std::pair<std::error_code, Result>> outcome;
    };

    [[nodiscard]] bool wait_some() {
        const released_gil released;
        std::unique_lock lock(state_->mutex);
        return state_->told.wait_for(lock, std::chrono::milliseconds(100),
                                     [&] { return state_->outcome.has_value(); });
    }

    std::shared_ptr<shared_state> state_ = std::make_shared<shared_state>();
};

}  // namespace fanwire::python
