#include "notices.hpp"

namespace py = pybind11;

namespace fanwire::python {
namespace {

// Set once with the package; the main interpreter is the only one there is.
PyObject* make_bus_state = nullptr;

const char* name_of(bus_state state) {
    switch (state) {
        case bus_state::disconnected:
            return "disconnected";
        case bus_state::replaying:
            return "replaying";
        case bus_state::connected:
            return "connected";
    }
    return "";
}

}  // namespace

PyObject* to_python(bus_state_notice&& notice) {
    return PyObject_CallFunction(make_bus_state, "sdK", name_of(notice.state),
                                 static_cast<double>(notice.since) / 1000,
                                 static_cast<unsigned long long>(notice.outbox_messages));
}

void bind_notices(py::module_& module) {
    module.def("register_bus_state", [](py::object make) { make_bus_state = make.release().ptr(); });
}

}  // namespace fanwire::python
