#pragma once

#include <cstdint>

namespace fanwire::python {

/// Remembers in which process it was made. Threads do not follow a fork, and a lock may be held for ever in
/// the child: what has threads must not be touched there.
///
/// Thread safety: May be called from any thread.
class fork_mark {
public:
    fork_mark();

    /// Whether this process is a fork of the one in which the mark was made.
    [[nodiscard]] bool is_crossed() const noexcept;

    /// Exceptions: Python's `fanwire.ForkedError` if the mark is crossed.
    void check() const;

private:
    std::uint64_t generation_;
};

}  // namespace fanwire::python
