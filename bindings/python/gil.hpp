#pragma once

#include <pybind11/pybind11.h>

#include <unistd.h>

namespace fanwire::python {

/// Whether the interpreter is ending or has ended: from then on only the thread that ends it may take the
/// GIL.
[[nodiscard]] inline bool is_finalizing() noexcept {
    if (Py_IsInitialized() == 0) return true;
#if PY_VERSION_HEX >= 0x030d0000
    return Py_IsFinalizing() != 0;
#else
    return _Py_IsFinalizing() != 0;
#endif
}

/// Releases the GIL for a scope. A thread that was in such a scope when the interpreter began to end never
/// comes back: taking the GIL would unwind its stack, which no destructor of C++ survives.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class released_gil {
public:
    released_gil() noexcept : state_(PyEval_SaveThread()) {}
    released_gil(const released_gil&) = delete;
    released_gil& operator=(const released_gil&) = delete;
    ~released_gil() noexcept(false) {
        while (is_finalizing() && !is_last_thread_) pause();
        PyEval_RestoreThread(state_);
    }

private:
    bool is_last_thread_ = is_finalizing();
    PyThreadState* state_;
};

}  // namespace fanwire::python
