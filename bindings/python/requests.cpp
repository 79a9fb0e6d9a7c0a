#include "requests.hpp"

#include "request_object.hpp"

#include <string>
#include <utility>

namespace py = pybind11;

namespace fanwire::python {
namespace {

// Made once with the module; the main interpreter is the only one there is.
PyTypeObject* connect_type = nullptr;
PyTypeObject* join_type = nullptr;
PyTypeObject* message_type = nullptr;
PyObject* json_loads = nullptr;

// Fields of one name are joined as RFC 9110, 5.3 has it; cookies by "; " (RFC 9113, 8.2.3).
bool add_header(PyObject* headers, const std::string& name, const std::string& value) {
    PyObject* key = to_str(name);
    PyObject* before = key == nullptr ? nullptr : PyDict_GetItemWithError(headers, key);
    PyObject* text = PyErr_Occurred() != nullptr ? nullptr : to_str(value);
    if (text != nullptr && before != nullptr) {
        PyObject* joined = PyUnicode_FromFormat(name == "cookie" ? "%U; %U" : "%U, %U", before, text);
        Py_SETREF(text, joined);
    }
    const bool is_added = text != nullptr && PyDict_SetItem(headers, key, text) == 0;
    Py_XDECREF(key);
    Py_XDECREF(text);
    return is_added;
}

PyObject* get_headers(PyObject* self, void*) {
    PyObject* headers = PyDict_New();
    if (headers == nullptr) return nullptr;
    for (const auto& [name, value] : self_of<connect_request>(self).request.headers) {
        if (!add_header(headers, name, value)) Py_CLEAR(headers);
        if (headers == nullptr) break;
    }
    return headers;
}

PyObject* get_room(PyObject* self, void*) {
    const std::string& room = self_of<message_request>(self).request.room;
    if (room.empty()) Py_RETURN_NONE;
    return to_str(room);
}

PyObject* get_payload(PyObject* self, void*) {
    const std::string& payload = self_of<message_request>(self).request.payload;
    return PyBytes_FromStringAndSize(payload.data(), static_cast<Py_ssize_t>(payload.size()));
}

PyObject* get_field(PyObject* self, void* name) {
    auto& object = self_of<message_request>(self);
    if (object.fields == nullptr) object.fields = parse_json(object.request.payload);
    if (object.fields == nullptr) return nullptr;
    PyObject* found = PyMapping_GetItemString(object.fields, static_cast<const char*>(name));
    if (found != nullptr || PyErr_ExceptionMatches(PyExc_KeyError) == 0) return found;
    PyErr_Clear();
    Py_RETURN_NONE;
}

PyObject* repr_connect(PyObject* self) {
    const auto& request = self_of<connect_request>(self).request;
    return to_str("<ConnectRequest of client " + to_string(request.client) + " from " +
                  request.remote_address + ">");
}

PyObject* repr_join(PyObject* self) {
    const auto& request = self_of<join_request>(self).request;
    const std::string what = request.is_pattern ? "pattern " : "room ";
    return to_str("<JoinRequest of client " + to_string(request.client) + " to " + what + request.room + ">");
}

PyObject* repr_message(PyObject* self) {
    const auto& request = self_of<message_request>(self).request;
    const std::string where = request.room.empty() ? "to everybody" : "to room " + request.room;
    return to_str("<MessageRequest of client " + to_string(request.client) + " " + where + ">");
}

char text_name[] = "text";
char data_name[] = "data";

PyGetSetDef connect_fields[] = {
    {"client", get_client<connect_request>, nullptr, "The client's id.", nullptr},
    {"path", get_text<connect_request, &connect_request::path>, nullptr,
     "The path, percent-encoding kept, without the query.", nullptr},
    {"query", get_text<connect_request, &connect_request::query>, nullptr,
     "What stands behind the `?`; empty if there is none.", nullptr},
    {"headers", get_headers, nullptr, "Header fields; names in lower case, values of one name joined.",
     nullptr},
    {"remote_address", get_text<connect_request, &connect_request::remote_address>, nullptr,
     "The client's address and port: 192.0.2.1:5000 or [2001:db8::1]:5000. Behind one of trusted_proxies "
     "it is what that says; where it tells no port, 192.0.2.1 or 2001:db8::1.",
     nullptr},
    {"subprotocol", get_text<connect_request, &connect_request::subprotocol>, nullptr,
     "The subprotocol agreed on, or empty.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyGetSetDef join_fields[] = {
    {"client", get_client<join_request>, nullptr, "The client's id.", nullptr},
    {"user", get_user<join_request>, nullptr, "Who the client is, as on_connect accepted it; else None.",
     nullptr},
    {"room", get_text<join_request, &join_request::room>, nullptr, "The room, or the pattern.", nullptr},
    {"is_pattern", get_flag<join_request, &join_request::is_pattern>, nullptr, "Whether it is a pattern.",
     nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyGetSetDef message_fields_[] = {
    {"client", get_client<message_request>, nullptr, "The client's id.", nullptr},
    {"user", get_user<message_request>, nullptr, "Who the client is, as on_connect accepted it; else None.",
     nullptr},
    {"room", get_room, nullptr, "The room; None for a message to everybody.", nullptr},
    {"payload", get_payload, nullptr, "The message as it will be published: JSON text.", nullptr},
    {"text", get_field, nullptr, "The payload's `text`, or None.", text_name},
    {"data", get_field, nullptr, "The payload's `data`, or None.", data_name},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

}  // namespace

PyObject* parse_json(const std::string& text) {
    PyObject* decoded = to_str(text);
    if (decoded == nullptr) return nullptr;
    PyObject* parsed = PyObject_CallOneArg(json_loads, decoded);
    Py_DECREF(decoded);
    return parsed;
}

PyObject* to_python(connect_request&& request) { return make(connect_type, std::move(request)); }
PyObject* to_python(join_request&& request) { return make(join_type, std::move(request)); }
PyObject* to_python(message_request&& request) { return make(message_type, std::move(request)); }

void bind_requests(py::module_& module) {
    json_loads = py::object(py::module_::import("json").attr("loads")).release().ptr();
    connect_type = make_type<connect_request>("fanwire.ConnectRequest", connect_fields, repr_connect);
    join_type = make_type<join_request>("fanwire.JoinRequest", join_fields, repr_join);
    message_type = make_type<message_request>("fanwire.MessageRequest", message_fields_, repr_message);
    module.attr("ConnectRequest") = py::handle(reinterpret_cast<PyObject*>(connect_type));
    module.attr("JoinRequest") = py::handle(reinterpret_cast<PyObject*>(join_type));
    module.attr("MessageRequest") = py::handle(reinterpret_cast<PyObject*>(message_type));
}

}  // namespace fanwire::python
