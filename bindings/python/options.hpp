#pragma once

#include <pybind11/pybind11.h>

namespace fanwire::python {

void bind_options(pybind11::module_& module);

}  // namespace fanwire::python
