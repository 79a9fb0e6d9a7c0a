#pragma once

namespace fanwire::python {

/// A descriptor that an event loop can watch: readable from `raise` to `clear`. An eventfd, or a pipe where
/// there is none.
///
/// Thread safety: May be called from any thread.
class wake_up {
public:
    /// Exceptions: `std::system_error` when the process is out of descriptors.
    wake_up();
    wake_up(const wake_up&) = delete;
    wake_up& operator=(const wake_up&) = delete;
    ~wake_up();

    [[nodiscard]] int descriptor() const noexcept { return read_end_; }
    void raise() noexcept;
    void clear() noexcept;

private:
    int read_end_ = -1;
    int write_end_ = -1;
};

}  // namespace fanwire::python
