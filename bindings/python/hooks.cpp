#include "hooks.hpp"

#include "errors.hpp"
#include "notices.hpp"
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

/// The functions that a call needs: references of our own, for a hook may stop the server, which clears them.
struct held_functions {
    held_functions(const host_functions& functions, hook which)
        : function(python_ref::to(functions.at(which))),
          settle(python_ref::to(functions.settle)),
          failed(python_ref::to(functions.failed)),
          context(PyContext_Copy(functions.context.ptr())) {}

    python_ref function;
    python_ref settle;
    python_ref failed;
    python_ref context;
};

/// Tells `failed` of the exception that is set. False: it is one that is the loop's.
bool tell_failure(const held_functions& held, const python_ref& request) {
    if (PyErr_ExceptionMatches(PyExc_Exception) == 0) return false;
    const python_ref error = take_exception();
    return is_called(held.failed.get(), {request.get(), error.get()});
}

/// Puts a request to a hook and deals with what it returns. False: an exception that is the loop's is set.
bool ask(const held_functions& held, const python_ref& request, hook_reply&& reply) {
    if (!held.context || !request) return false;
    const python_ref result = call(held.function.get(), request.get(), held.context.get());
    if (!result) {
        if (PyErr_ExceptionMatches(PyExc_Exception) != 0) reply.abandon();
        return tell_failure(held, request);
    }
    if (result.get() == Py_None || result.get() == Py_True) {
        reply.allow();
    } else if (result.get() == Py_False) {
        reply.deny();
    } else {
        const python_ref owed(py::cast(std::move(reply)).release().ptr());
        return is_called(held.settle.get(), {owed.get(), result.get(), request.get(), held.context.get()});
    }
    return true;
}

/// The same for a notification, which owes no answer.
bool tell(const held_functions& held, const python_ref& notice) {
    if (!held.context || !notice) return false;
    const python_ref result = call(held.function.get(), notice.get(), held.context.get());
    if (!result) return tell_failure(held, notice);
    if (result.get() == Py_None) return true;
    return is_called(held.settle.get(), {Py_None, result.get(), notice.get(), held.context.get()});
}

hook hook_of(const leave_notice&) { return hook::on_leave; }
hook hook_of(const disconnect_notice&) { return hook::on_disconnect; }
hook hook_of(const bus_state_notice&) { return hook::on_bus_state; }

bool handle(const host_functions& functions, notice_call& call) {
    return std::visit(
        [&](auto& told) {
            return tell(held_functions(functions, hook_of(told)), python_ref(to_python(std::move(told))));
        },
        call.notice);
}

bool handle(const host_functions& functions, connect_call& call) {
    return ask(held_functions(functions, hook::on_connect), python_ref(to_python(std::move(call.request))),
               hook_reply(std::move(call.answer)));
}

bool handle(const host_functions& functions, join_call& call) {
    return ask(held_functions(functions, hook::on_join), python_ref(to_python(std::move(call.request))),
               hook_reply(std::move(call.answer)));
}

bool handle(const host_functions& functions, message_call& call) {
    return ask(held_functions(functions, hook::on_message), python_ref(to_python(std::move(call.request))),
               hook_reply(std::move(call.answer)));
}

bool handle(hook_item& item) {
    host_functions& functions = *item.functions;
    const bool is_request = !std::holds_alternative<notice_call>(item.call);
    if (is_request) functions.waiting.fetch_sub(1, std::memory_order_relaxed);
    if (!functions.settle) return true;
    if (is_request && (functions.is_stopped || std::chrono::steady_clock::now() > item.deadline)) return true;
    return std::visit([&](auto& call) { return handle(functions, call); }, item.call);
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

PyObject* drain(host_queue& queue, PyObject* completed, PyObject* logged) {
    std::vector<host_item> items = queue.take(max_items);
    for (std::size_t at = 0; at < items.size(); ++at) {
        if (handle(items[at], completed, logged)) continue;
        queue.put_back(std::move(items), at + 1);
        return nullptr;
    }
    return PyBool_FromLong(items.size() == max_items);
}

}  // namespace

template <class Use>
void host_functions::for_each(Use use) {
    for (py::object& held : hooks) use(held);
    for (py::object* held : {&settle, &failed, &context}) use(*held);
}

host_functions::~host_functions() {
    for_each([](py::object& held) { held.release(); });
}

void host_functions::clear() {
    // Letting go may run Python code, which must find the member empty.
    for_each([](py::object& held) { const py::object last = std::exchange(held, py::object()); });
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
        if (!std::holds_alternative<notice_call>(call)) {
            // While the host takes nothing, requests whose time is over must not pile up here.
            if (functions_->waiting.load(std::memory_order_relaxed) >= most_) continue;
            functions_->waiting.fetch_add(1, std::memory_order_relaxed);
        }
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
        return drain(queue, arguments[1], arguments[2]);
    } catch (py::error_already_set& error) {
        error.restore();
    } catch (const std::exception& error) {
        PyErr_SetString(PyExc_RuntimeError, error.what());
    }
    return nullptr;
}

}  // namespace fanwire::python
