#pragma once

#include <unistd.h>
#include <utility>

namespace fanwire {

/// A file descriptor that is closed with its owner. Thread safety: distinct objects safe, shared objects
/// unsafe.
class unique_fd {
public:
    unique_fd() = default;
    explicit unique_fd(int descriptor) noexcept : descriptor_(descriptor) {}
    unique_fd(unique_fd&& other) noexcept : descriptor_(other.release()) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~unique_fd() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    [[nodiscard]] int get() const noexcept { return descriptor_; }
    [[nodiscard]] explicit operator bool() const noexcept { return descriptor_ >= 0; }

    /// Gives the descriptor away.
    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_ = -1;
};

}  // namespace fanwire
