#pragma once

#include "base/task.hpp"

namespace fanwire {

/// A thread that runs tasks in the order in which they were posted.
class executor {
public:
    virtual ~executor() = default;

    /// Runs `work` later, on the executor's thread. Many posts in a row cost one wake-up. After the executor
    /// has ended, tasks are destroyed unrun. May be called from any thread.
    virtual void post(task work) = 0;

    /// Whether the caller is on the executor's thread.
    [[nodiscard]] virtual bool is_current() const noexcept = 0;
};

}  // namespace fanwire
