#include "notices.hpp"

#include "request_object.hpp"

#include <string>
#include <utility>

namespace py = pybind11;

namespace fanwire::python {
namespace {

// Set once with the package; the main interpreter is the only one there is.
PyObject* make_bus_state = nullptr;
PyTypeObject* leave_type = nullptr;
PyTypeObject* disconnect_type = nullptr;

PyObject* get_code(PyObject* self, void*) {
    return PyLong_FromLong(static_cast<long>(self_of<disconnect_notice>(self).request.code));
}

PyObject* repr_leave(PyObject* self) {
    const auto& notice = self_of<leave_notice>(self).request;
    const std::string what = notice.is_pattern ? "pattern " : "room ";
    return to_str("<LeaveNotice of client " + to_string(notice.client) + " and " + what + notice.room + ">");
}

PyObject* repr_disconnect(PyObject* self) {
    const auto& notice = self_of<disconnect_notice>(self).request;
    return to_str("<DisconnectNotice of client " + to_string(notice.client) + " with code " +
                  std::to_string(static_cast<int>(notice.code)) + ">");
}

PyGetSetDef leave_fields[] = {
    {"client", get_client<leave_notice>, nullptr, "The client's id.", nullptr},
    {"user", get_user<leave_notice>, nullptr, "Who the client is, as on_connect accepted it; else None.",
     nullptr},
    {"room", get_text<leave_notice, &leave_notice::room>, nullptr, "The room, or the pattern.", nullptr},
    {"is_pattern", get_flag<leave_notice, &leave_notice::is_pattern>, nullptr, "Whether it is a pattern.",
     nullptr},
    {"has_disconnected", get_flag<leave_notice, &leave_notice::has_disconnected>, nullptr,
     "Whether it left because its connection ended.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyGetSetDef disconnect_fields[] = {
    {"client", get_client<disconnect_notice>, nullptr, "The client's id.", nullptr},
    {"user", get_user<disconnect_notice>, nullptr, "Who the client is, as on_connect accepted it; else None.",
     nullptr},
    {"code", get_code, nullptr, "The close code: the client's, or the server's if it closed first.", nullptr},
    {"reason", get_text<disconnect_notice, &disconnect_notice::reason>, nullptr,
     "The reason that the server gave; empty if the client ended the connection.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

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

PyObject* to_python(leave_notice&& notice) { return make(leave_type, std::move(notice)); }
PyObject* to_python(disconnect_notice&& notice) { return make(disconnect_type, std::move(notice)); }

PyObject* to_python(bus_state_notice&& notice) {
    return PyObject_CallFunction(make_bus_state, "sdK", name_of(notice.state),
                                 static_cast<double>(notice.since) / 1000,
                                 static_cast<unsigned long long>(notice.outbox_messages));
}

void bind_notices(py::module_& module) {
    leave_type = make_type<leave_notice>("fanwire.LeaveNotice", leave_fields, repr_leave);
    disconnect_type =
        make_type<disconnect_notice>("fanwire.DisconnectNotice", disconnect_fields, repr_disconnect);
    module.attr("LeaveNotice") = py::handle(reinterpret_cast<PyObject*>(leave_type));
    module.attr("DisconnectNotice") = py::handle(reinterpret_cast<PyObject*>(disconnect_type));
    module.def("register_bus_state", [](py::object make) { make_bus_state = make.release().ptr(); });
}

}  // namespace fanwire::python
