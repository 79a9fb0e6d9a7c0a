#include "hooks.hpp"

#include "errors.hpp"
#include "reply.hpp"
#include "requests.hpp"

#include <iterator>
#include <string>
#include <utility>

namespace py = pybind11;

namespace fanwire::python {
namespace {

constexpr std::size_t max_items = 256;

// Calls a hook in a context of its own, so that what one call sets no other sees. Null: the exception is set.
py::object call(const py::object& function, const py::object& request, const py::object& context) {
    if (PyContext_Enter(context.ptr()) != 0) return {};
    PyObject* result = PyObject_CallOneArg(function.ptr(), request.ptr());
    if (PyContext_Exit(context.ptr()) != 0) Py_CLEAR(result);
    return py::reinterpret_steal<py::object>(result);
}

py::object copy_of(const py::object& context) {
    PyObject* copy = PyContext_Copy(context.ptr());
    if (copy == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(copy);
}

void ask(const host_functions& functions, const py::object& hook, const py::object& request,
         hook_reply&& reply) {
    // A hook may stop the server, which clears `functions`.
    const py::object function = hook;
    const py::object settle = functions.settle;
    const py::object failed = functions.failed;
    const py::object context = copy_of(functions.context);
    const py::object result = call(function, request, context);
    if (!result) {
        py::error_already_set error;
        if (!error.matches(PyExc_Exception)) throw error;
        if (error.trace()) PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
        failed(request, error.value());
    } else if (result.is_none() || result.ptr() == Py_True) {
        reply.allow();
    } else if (result.ptr() == Py_False) {
        reply.deny();
    } else {
        settle(std::move(reply), result, request, context);
    }
}

void handle(hook_item& item) {
    host_functions& functions = *item.functions;
    functions.waiting.fetch_sub(1, std::memory_order_relaxed);
    if (!functions.settle || std::chrono::steady_clock::now() > item.deadline) return;
    if (auto* connect = std::get_if<connect_call>(&item.call)) {
        ask(functions, functions.on_connect, to_python(std::move(connect->request)),
            hook_reply(std::move(connect->answer)));
    } else {
        auto& message = std::get<message_call>(item.call);
        ask(functions, functions.on_message, to_python(std::move(message.request)),
            hook_reply(std::move(message.answer)));
    }
}

py::object to_python(const completion& done) {
    if (const auto* published = std::get_if<publish_result>(&done.result)) {
        return py::make_tuple(published->local, published->dropped);
    }
    return py::bool_(std::get<send_result>(done.result) == send_result::delivered);
}

void tell(const completion& done, const py::object& completed) {
    if (done.error) {
        completed(done.ticket, code_of(done.error), done.error.message(), py::none());
    } else {
        completed(done.ticket, py::none(), py::none(), to_python(done));
    }
}

void tell(const log_line& line, const py::object& logged) {
    logged(static_cast<int>(line.level),
           py::reinterpret_steal<py::object>(
               PyUnicode_DecodeUTF8(line.text.data(), static_cast<Py_ssize_t>(line.text.size()), "replace")));
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

void drain(host_queue& queue, const py::object& completed, const py::object& logged) {
    std::vector<host_item> items = queue.take(max_items);
    for (std::size_t at = 0; at < items.size(); ++at) {
        try {
            if (auto* hook = std::get_if<hook_item>(&items[at])) {
                handle(*hook);
            } else if (const auto* done = std::get_if<completion>(&items[at])) {
                tell(*done, completed);
            } else {
                tell(std::get<log_line>(items[at]), logged);
            }
        } catch (...) {
            queue.put_back(std::move(items), at + 1);
            throw;
        }
    }
}

}  // namespace fanwire::python
