#include "hooks.hpp"

#include "errors.hpp"
#include "python_ref.hpp"
#include "reply.hpp"
#include "requests.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace py = pybind11;

namespace fanwire::python {
namespace {

constexpr std::size_t max_items = 256;

// All that stands below a call into Python is the C API and `python_ref`: see there.

/// The exception that is set, with its traceback.
python_ref take_exception() {
#if PY_VERSION_HEX >= 0x030c0000
    return python_ref(PyErr_GetRaisedException());
#else
    PyObject* type = nullptr;
    PyObject* error = nullptr;
    PyObject* trace = nullptr;
    PyErr_Fetch(&type, &error, &trace);
    PyErr_NormalizeException(&type, &error, &trace);
    if (trace != nullptr) PyException_SetTraceback(error, trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return python_ref(error);
#endif
}

bool is_called(PyObject* function, std::initializer_list<PyObject*> arguments) {
    const python_ref result(PyObject_Vectorcall(function, arguments.begin(), arguments.size(), nullptr));
    return static_cast<bool>(result);
}

/// Calls a hook in a context of its own, so that what one call sets no other sees.
python_ref call(PyObject* function, PyObject* request, PyObject* context) {
    if (PyContext_Enter(context) != 0) return {};
    python_ref result(PyObject_CallOneArg(function, request));
    if (PyContext_Exit(context) != 0) return {};
    return result;
}

/// Puts a request to a hook and deals with what it returns. False: an exception that is the loop's is set.
bool ask(const host_functions& functions, py::handle hook, const python_ref& request, hook_reply&& reply) {
    // References of our own, for a hook may stop the server, which clears `functions`.
    const auto function = python_ref::to(hook);
    const auto settle = python_ref::to(functions.settle);
    const auto failed = python_ref::to(functions.failed);
    const python_ref context(PyContext_Copy(functions.context.ptr()));
    if (!context) return false;
    const python_ref result = call(function.get(), request.get(), context.get());
    if (!result) {
        if (PyErr_ExceptionMatches(PyExc_Exception) == 0) return false;
        reply.abandon();
        const python_ref error = take_exception();
        return is_called(failed.get(), {request.get(), error.get()});
    }
    if (result.get() == Py_None || result.get() == Py_True) {
        reply.allow();
    } else if (result.get() == Py_False) {
        reply.deny();
    } else {
        const python_ref owed(py::cast(std::move(reply)).release().ptr());
        return is_called(settle.get(), {owed.get(), result.get(), request.get(), context.get()});
    }
    return true;
}

bool handle(hook_item& item) {
    host_functions& functions = *item.functions;
    functions.waiting.fetch_sub(1, std::memory_order_relaxed);
    if (!functions.settle || std::chrono::steady_clock::now() > item.deadline) return true;
    if (auto* connect = std::get_if<connect_call>(&item.call)) {
        const python_ref request(to_python(std::move(connect->request)));
        return request &&
               ask(functions, functions.on_connect, request, hook_reply(std::move(connect->answer)));
    }
    auto& message = std::get<message_call>(item.call);
    const python_ref request(to_python(std::move(message.request)));
    return request && ask(functions, functions.on_message, request, hook_reply(std::move(message.answer)));
}

PyObject* to_python(const completion& done) {
    if (done.error) return Py_NewRef(Py_None);
    if (const auto* published = std::get_if<publish_result>(&done.result)) {
        return Py_BuildValue("(OO)", published->local ? Py_True : Py_False,
                             published->dropped ? Py_True : Py_False);
    }
    return PyBool_FromLong(std::get<send_result>(done.result) == send_result::delivered);
}

bool tell(const completion& done, PyObject* completed) {
    const std::string code(done.error ? code_of(done.error) : std::string_view{});
    const std::string message = done.error ? done.error.message() : std::string{};
    const python_ref value(to_python(done));
    if (!value) return false;
    const python_ref result(PyObject_CallFunction(
        completed, "KzzO", static_cast<unsigned long long>(done.ticket), done.error ? code.c_str() : nullptr,
        done.error ? message.c_str() : nullptr, value.get()));
    return static_cast<bool>(result);
}

bool tell(const log_line& line, PyObject* logged) {
    const python_ref text(
        PyUnicode_DecodeUTF8(line.text.data(), static_cast<Py_ssize_t>(line.text.size()), "replace"));
    const python_ref result(
        text ? PyObject_CallFunction(logged, "iO", static_cast<int>(line.level), text.get()) : nullptr);
    return static_cast<bool>(result);
}

bool handle(host_item& item, PyObject* completed, PyObject* logged) {
    if (auto* hook = std::get_if<hook_item>(&item)) return handle(*hook);
    if (const auto* done = std::get_if<completion>(&item)) return tell(*done, completed);
    return tell(std::get<log_line>(item), logged);
}

bool drain(host_queue& queue, PyObject* completed, PyObject* logged) {
    std::vector<host_item> items = queue.take(max_items);
    for (std::size_t at = 0; at < items.size(); ++at) {
        if (handle(items[at], completed, logged)) continue;
        queue.put_back(std::move(items), at + 1);
        return false;
    }
    return true;
}

}  // namespace

host_functions::~host_functions() {
    for (py::object* held : {&on_connect, &on_message, &settle, &failed, &context}) held->release();
}

void host_functions::clear() {
    for (py::object* held : {&on_connect, &on_message, &settle, &failed, &context}) {
        // Letting go may run Python code, which must find the member empty.
        const py::object last = std::exchange(*held, py::object());
    }
}

hook_target::hook_target(std::shared_ptr<host_queue> queue, std::shared_ptr<host_functions> functions,
                         const options& given)
    : queue_(std::move(queue)),
      functions_(std::move(functions)),
      timeout_(given.hook_timeout),
      most_(given.max_hook_requests) {}

void hook_target::submit(hook_batch&& batch) {
    const auto deadline = std::chrono::steady_clock::now() + timeout_;
    std::vector<host_item> items;
    items.reserve(batch.size());
    for (hook_call& call : batch) {
        // While the host takes nothing, requests whose time is over must not pile up here.
        if (functions_->waiting.load(std::memory_order_relaxed) >= most_) break;
        functions_->waiting.fetch_add(1, std::memory_order_relaxed);
        items.emplace_back(hook_item{functions_, std::move(call), deadline});
    }
    queue_->push(std::move(items));
}

PyObject* drain(PyObject*, PyObject* const* arguments, Py_ssize_t count) {
    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "drain takes a queue and two functions");
        return nullptr;
    }
    try {
        auto& queue = py::handle(arguments[0]).cast<host_queue&>();
        return drain(queue, arguments[1], arguments[2]) ? Py_NewRef(Py_None) : nullptr;
    } catch (py::error_already_set& error) {
        error.restore();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
}

}  // namespace fanwire::python
