#pragma once

#include <fanwire/hooks.hpp>

#include <pybind11/pybind11.h>

namespace fanwire::python {

/// What a hook is told, as requests are made (`requests.hpp`).
/// Preconditions: the GIL is held.
/// Errors: null, with the exception set.
[[nodiscard]] PyObject* to_python(leave_notice&& notice);
[[nodiscard]] PyObject* to_python(disconnect_notice&& notice);
[[nodiscard]] PyObject* to_python(bus_state_notice&& notice);

void bind_notices(pybind11::module_& module);

}  // namespace fanwire::python
