#pragma once

#include "gil.hpp"

#include <pybind11/pybind11.h>

#include <utility>

namespace fanwire::python {

/// Owns a Python object in a function that runs Python code. When the interpreter ends, it unwinds the stacks
/// of threads that want the GIL back, also through such a function: then the object is left alone, where
/// pybind11's would abort.
///
/// Thread safety: the GIL.
class python_ref {
public:
    python_ref() = default;
    /// Takes over a new reference, as the C API returns them; null if there is none.
    explicit python_ref(PyObject* made) noexcept : object_(made) {}
    python_ref(python_ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    python_ref& operator=(python_ref&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    python_ref(const python_ref&) = delete;
    python_ref& operator=(const python_ref&) = delete;
    ~python_ref() {
        // Asked first: once the interpreter has ended, PyGILState_Check is always content.
        if (object_ != nullptr && !is_finalizing() && PyGILState_Check() != 0) Py_DECREF(object_);
    }

    /// Another reference to what someone else owns.
    [[nodiscard]] static python_ref to(pybind11::handle object) noexcept {
        return python_ref(object.inc_ref().ptr());
    }

    [[nodiscard]] PyObject* get() const noexcept { return object_; }
    [[nodiscard]] PyObject* release() noexcept { return std::exchange(object_, nullptr); }
    [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }

private:
    PyObject* object_ = nullptr;
};

}  // namespace fanwire::python
