#include <fanwire/version.hpp>

#include "errors.hpp"
#include "hooks.hpp"
#include "host_queue.hpp"
#include "notices.hpp"
#include "options.hpp"
#include "reply.hpp"
#include "requests.hpp"
#include "server.hpp"

#include <pybind11/pybind11.h>

namespace py = pybind11;

namespace fanwire::python {
namespace {

// Plain C, for pybind11 waits for ever in a sub-interpreter: for the GIL, which it holds.
PyObject* refuse_sub_interpreters(PyObject*, PyObject*) {
    if (PyInterpreterState_Get() == PyInterpreterState_Main()) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ImportError,
                    "fanwire works in the main interpreter only, not in a sub-interpreter");
    return nullptr;
}

PyMethodDef plain_functions[] = {
    {"drain", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(drain)), METH_FASTCALL, nullptr},
    {"refuse_sub_interpreters", refuse_sub_interpreters, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

void bind_queue(py::module_& module) {
    py::class_<host_queue, std::shared_ptr<host_queue>>(module, "Queue")
        .def(py::init<>())
        .def("fileno", &host_queue::descriptor);
}

void bind(py::module_& module) {
    module.attr("version") = version;
    if (PyModule_AddFunctions(module.ptr(), plain_functions) != 0) throw py::error_already_set();
    bind_errors(module);
    bind_options(module);
    bind_requests(module);
    bind_notices(module);
    bind_reply(module);
    bind_queue(module);
    bind_server(module);
}

}  // namespace
}  // namespace fanwire::python

// pybind11's entry point under another name, so that ours can look first where it is.
#define PyInit__native init_native
PYBIND11_MODULE(_native, module) { fanwire::python::bind(module); }
#undef PyInit__native

extern "C" PYBIND11_EXPORT PyObject* PyInit__native() {
    PyObject* fits = fanwire::python::refuse_sub_interpreters(nullptr, nullptr);
    if (fits == nullptr) return nullptr;
    Py_DECREF(fits);
    return init_native();
}
