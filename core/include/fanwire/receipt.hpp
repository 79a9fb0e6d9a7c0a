#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace fanwire {

/// Shows the server, for as long as it lives, that a notification still waits for its host: how many may is
/// bounded. Whoever runs hooks destroys it when the hook has run.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe. May be destroyed on any thread, and after
/// the server has stopped.
class receipt {
public:
    using count = std::atomic<std::size_t>;

    receipt() = default;
    explicit receipt(std::shared_ptr<count> waiting) : waiting_(std::move(waiting)) {
        waiting_->fetch_add(1, std::memory_order_relaxed);
    }
    receipt(receipt&&) noexcept = default;
    receipt& operator=(receipt&& other) noexcept {
        std::swap(waiting_, other.waiting_);
        return *this;
    }
    receipt(const receipt&) = delete;
    receipt& operator=(const receipt&) = delete;
    ~receipt() {
        if (waiting_) waiting_->fetch_sub(1, std::memory_order_relaxed);
    }

private:
    std::shared_ptr<count> waiting_;
};

}  // namespace fanwire
