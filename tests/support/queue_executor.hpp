#pragma once

#include "base/executor.hpp"

#include <cstddef>
#include <deque>
#include <utility>

namespace fanwire::test {

/// An executor without a thread: what was posted runs when the test says so. It is current while it runs a
/// task, or while a test is `inside` it.
class queue_executor final : public executor {
public:
    void post(task work) override { waiting_.push_back(std::move(work)); }
    [[nodiscard]] bool is_current() const noexcept override { return depth_ != 0; }

    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

    /// Calls `work` as if on the executor's thread.
    template <class Function>
    void inside(Function&& work) {
        ++depth_;
        std::forward<Function>(work)();
        --depth_;
    }

    /// Runs the first of what waits. Returns false if nothing does.
    bool run_one() {
        if (waiting_.empty()) return false;
        task work = std::move(waiting_.front());
        waiting_.pop_front();
        inside(work);
        return true;
    }

    void run_all() {
        while (run_one()) {
        }
    }

private:
    std::deque<task> waiting_;
    int depth_ = 0;
};

}  // namespace fanwire::test
