#include "options.hpp"

#include <fanwire/option_table.hpp>

#include <pybind11/stl.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace py = pybind11;

namespace fanwire::python {
namespace {

/// Durations stay milliseconds here: the table is for command lines and documents.
py::dict to_python(const option_info& info) {
    py::dict entry;
    entry["name"] = info.name;
    entry["kind"] = option_kind_name(info.kind);
    entry["initial"] = py::cast(info.initial);
    entry["least"] = info.least;
    entry["most"] = info.most;
    entry["zero"] = info.zero;
    entry["help"] = info.help;
    return entry;
}

py::list table() {
    py::list entries;
    for (const option_info& info : option_table()) entries.append(to_python(info));
    return entries;
}

bool is_duration(std::string_view name) {
    for (const option_info& info : option_table()) {
        if (info.name == name) return info.kind == option_kind::duration;
    }
    return false;
}

[[noreturn]] void refuse(const std::string& name, const py::handle& value, const char* wanted) {
    throw py::type_error(name + ": " + py::repr(value).cast<std::string>() + " is not " + wanted);
}

/// Seconds to milliseconds. What is shorter than one is not rounded to zero, which may mean something else.
std::int64_t to_milliseconds(const std::string& name, const py::handle& value) {
    const double exact = value.cast<double>() * 1000;
    if (!std::isfinite(exact) ||
        std::abs(exact) > static_cast<double>(std::numeric_limits<std::int64_t>::max() / 2)) {
        throw py::value_error(name + ": " + py::repr(value).cast<std::string>() +
                              " is not a number of seconds");
    }
    const std::int64_t rounded = std::llround(exact);
    return rounded == 0 && exact != 0 ? (exact > 0 ? 1 : -1) : rounded;
}

std::int64_t to_number(const std::string& name, const py::handle& value) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow != 0)
        throw py::value_error(name + ": " + py::repr(value).cast<std::string>() + " is out of bounds");
    return number;
}

option_value to_value(const std::string& name, const py::handle& value) {
    if (py::isinstance<py::bool_>(value)) return value.cast<bool>();
    if (py::isinstance<py::str>(value)) return value.cast<std::string>();
    const bool is_whole = py::isinstance<py::int_>(value);
    if (is_duration(name)) {
        if (!is_whole && !py::isinstance<py::float_>(value)) refuse(name, value, "a number of seconds");
        return to_milliseconds(name, value);
    }
    if (is_whole) return to_number(name, value);
    if (!py::isinstance<py::list>(value) && !py::isinstance<py::tuple>(value)) {
        refuse(name, value, "a value that an option can have");
    }
    std::vector<std::string> list;
    for (const py::handle item : value) {
        if (!py::isinstance<py::str>(item)) refuse(name, item, "a string");
        list.push_back(item.cast<std::string>());
    }
    return list;
}

double to_seconds(std::chrono::milliseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void bind_options(py::module_& module) {
    module.def("option_table", table);
    py::class_<options>(module, "Options")
        .def(py::init<>())
        .def("set", [](options& self, const std::string& name,
                       const py::object& value) { set_option(self, name, to_value(name, value)); })
        .def("set_from_text", [](options& self, const std::string& name,
                                 const std::string& text) { set_option_from_text(self, name, text); })
        .def("check", [](const options& self) { check_options(self); })
        .def_property_readonly("demo", [](const options& self) { return self.demo; })
        .def_property_readonly("drain_timeout",
                               [](const options& self) { return to_seconds(self.drain_timeout); })
        .def_property_readonly("hook_timeout",
                               [](const options& self) { return to_seconds(self.hook_timeout); });
}

}  // namespace fanwire::python
