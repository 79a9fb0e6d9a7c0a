#pragma once

#include <fanwire/client_id.hpp>

#include <pybind11/pybind11.h>

#include <new>
#include <optional>
#include <string>
#include <utility>

namespace fanwire::python {

// A Python object of a plain C type keeps what the server made, and turns a field into a Python object when
// the field is asked for.

template <class Request>
struct request_object {
    PyObject_HEAD Request request;
    // The payload as Python reads it, once something of it was asked for.
    PyObject* fields;
};

template <class Request>
request_object<Request>& self_of(PyObject* self) {
    return *reinterpret_cast<request_object<Request>*>(self);
}

template <class Request>
PyObject* make(PyTypeObject* type, Request&& request) {
    PyObject* made = type->tp_alloc(type, 0);
    if (made != nullptr) new (&self_of<Request>(made).request) Request(std::move(request));
    return made;
}

template <class Request>
void dealloc(PyObject* self) {
    auto& object = self_of<Request>(self);
    object.request.~Request();
    Py_XDECREF(object.fields);
    PyTypeObject* type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/// What a peer sent as a header need not be UTF-8; a byte that is not becomes a lone surrogate, as in
/// os.environ.
[[nodiscard]] inline PyObject* to_str(const std::string& text) {
    return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape");
}

[[nodiscard]] PyObject* parse_json(const std::string& text);

template <class Request>
PyObject* get_client(PyObject* self, void*) {
    return to_str(to_string(self_of<Request>(self).request.client));
}

template <class Request>
PyObject* get_user(PyObject* self, void*) {
    const std::optional<std::string>& user = self_of<Request>(self).request.user;
    if (!user) Py_RETURN_NONE;
    return parse_json(*user);
}

template <class Request, std::string Request::* Member>
PyObject* get_text(PyObject* self, void*) {
    return to_str(self_of<Request>(self).request.*Member);
}

template <class Request, bool Request::* Member>
PyObject* get_flag(PyObject* self, void*) {
    return PyBool_FromLong(self_of<Request>(self).request.*Member);
}

template <class Request>
PyTypeObject* make_type(const char* name, PyGetSetDef* fields, reprfunc repr) {
    PyType_Slot slots[] = {
        {Py_tp_dealloc, reinterpret_cast<void*>(dealloc<Request>)},
        {Py_tp_getset, fields},
        {Py_tp_repr, reinterpret_cast<void*>(repr)},
        {0, nullptr},
    };
    PyType_Spec spec{name, sizeof(request_object<Request>), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                     slots};
    PyObject* made = PyType_FromSpec(&spec);
    if (made == nullptr) throw pybind11::error_already_set();
    return reinterpret_cast<PyTypeObject*>(made);
}

}  // namespace fanwire::python
