#include "errors.hpp"

#include <fanwire/close_code.hpp>

#include <array>

namespace py = pybind11;

namespace fanwire::python {
namespace {

constexpr std::array all_errors{
    errc::bad_request, errc::unknown_type, errc::bad_room,      errc::forbidden,  errc::not_member,
    errc::too_large,   errc::rate_limited, errc::limit_reached, errc::no_history, errc::gap,
    errc::unavailable, errc::uncertain,    errc::timeout,       errc::expired,    errc::internal,
    errc::client_gone, errc::not_running,
};

// Codes to classes. Kept for ever: the module is never unloaded.
PyObject* classes = nullptr;

void register_errors(const py::dict& by_code) { Py_XSETREF(classes, py::dict(by_code).release().ptr()); }

py::list error_names() {
    py::list names;
    for (const errc error : all_errors) names.append(error_name(error));
    return names;
}

}  // namespace

void raise_error(std::string_view code, const std::string& message) {
    // No Python code runs here: see python_ref.hpp.
    const std::string key(code);
    PyObject* found = classes == nullptr ? nullptr : PyDict_GetItemString(classes, key.c_str());
    PyErr_SetString(found == nullptr ? PyExc_RuntimeError : found, message.c_str());
    throw py::error_already_set();
}

void raise_error(const std::error_code& error, const std::string& message) {
    if (error.category() == fanwire_category()) raise_error(code_of(error), message);
    const py::tuple arguments = py::make_tuple(error.value(), message);
    PyErr_SetObject(PyExc_OSError, arguments.ptr());
    throw py::error_already_set();
}

std::string_view code_of(const std::error_code& error) noexcept {
    return error_name(error.category() == fanwire_category() ? static_cast<errc>(error.value())
                                                             : errc::internal);
}

errc errc_of(std::string_view name) {
    for (const errc error : all_errors) {
        if (error_name(error) == name) return error;
    }
    throw py::value_error("there is no error code " + std::string(name));
}

void bind_errors(py::module_& module) {
    module.def("error_names", error_names);
    module.def("register_errors", register_errors);
    module.def("is_sendable", [](int code) {
        return code >= 0 && code <= 0xffff && is_sendable(static_cast<std::uint16_t>(code));
    });
}

}  // namespace fanwire::python
