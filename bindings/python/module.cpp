#include <fanwire/version.hpp>

#include "errors.hpp"
#include "hooks.hpp"
#include "host_queue.hpp"
#include "options.hpp"
#include "reply.hpp"
#include "requests.hpp"
#include "server.hpp"

#include <pybind11/pybind11.h>

namespace py = pybind11;

namespace fanwire::python {
namespace {

void refuse_sub_interpreters() {
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        throw py::import_error("fanwire works in the main interpreter only, not in a sub-interpreter");
    }
}

void bind_queue(py::module_& module) {
    py::class_<host_queue, std::shared_ptr<host_queue>>(module, "Queue")
        .def(py::init<>())
        .def("fileno", &host_queue::descriptor)
        .def("drain", drain);
}

}  // namespace

PYBIND11_MODULE(_native, module) {
    refuse_sub_interpreters();
    module.attr("version") = version;
    module.def("refuse_sub_interpreters", refuse_sub_interpreters);
    bind_errors(module);
    bind_options(module);
    bind_requests(module);
    bind_reply(module);
    bind_queue(module);
    bind_server(module);
}

}  // namespace fanwire::python
