#include "fork_mark.hpp"

#include "errors.hpp"

#include <atomic>
#include <pthread.h>

namespace fanwire::python {
namespace {

// How many forks lie between this process and the one that loaded the module.
std::atomic<std::uint64_t> generation{0};

void count_fork() { generation.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

fork_mark::fork_mark() {
    [[maybe_unused]] static const int watched = pthread_atfork(nullptr, nullptr, count_fork);
    generation_ = generation.load(std::memory_order_relaxed);
}

bool fork_mark::is_crossed() const noexcept {
    return generation_ != generation.load(std::memory_order_relaxed);
}

void fork_mark::check() const {
    if (is_crossed())
        raise_error("forked",
                    "this server was started before the process was forked: start one in the child");
}

}  // namespace fanwire::python
