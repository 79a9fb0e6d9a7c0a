#pragma once

#include <fanwire/hooks.hpp>

#include <pybind11/pybind11.h>

namespace fanwire::python {

/// What a hook is given: an object of a plain C type, a quarter as dear as a pybind11 instance. It keeps the
/// request as the server made it and turns a field into a Python object when the field is asked for.
/// Preconditions: the GIL is held.
/// Errors: null, with the exception set, when there is no memory.
[[nodiscard]] PyObject* to_python(connect_request&& request);
[[nodiscard]] PyObject* to_python(join_request&& request);
[[nodiscard]] PyObject* to_python(message_request&& request);

void bind_requests(pybind11::module_& module);

}  // namespace fanwire::python
