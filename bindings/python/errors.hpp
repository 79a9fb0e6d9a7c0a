#pragma once

#include <fanwire/error.hpp>

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>
#include <system_error>

namespace fanwire::python {

/// Raises the class that `register_errors` was given for this code.
/// Preconditions: the GIL is held.
[[noreturn]] void raise_error(std::string_view code, const std::string& message);

/// Raises what `error` stands for: a registered class, or `OSError` for an error of the system.
/// Preconditions: the GIL is held.
[[noreturn]] void raise_error(const std::error_code& error, const std::string& message);

/// The code that hosts know an error by.
[[nodiscard]] std::string_view code_of(const std::error_code& error) noexcept;

/// Reads what `error_name` writes.
/// Exceptions: Python's `ValueError` if there is no such code.
[[nodiscard]] errc errc_of(std::string_view name);

void bind_errors(pybind11::module_& module);

}  // namespace fanwire::python
