#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/options.hpp>

#include "host_queue.hpp"

#include <pybind11/pybind11.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

namespace fanwire::python {

/// The Python functions of one started server. All but `waiting` is used with the GIL held.
struct host_functions {
    host_functions() = default;
    host_functions(const host_functions&) = delete;
    host_functions& operator=(const host_functions&) = delete;
    /// Leaks what `clear` was not called for: the last to let go may be a thread without the GIL.
    ~host_functions();

    /// Lets go of the functions: requests that still wait are dropped, which denies them.
    void clear();

    /// The hooks; null or None if there is none.
    pybind11::object on_connect;
    pybind11::object on_message;
    /// `settle(reply, result, request, context)`: deals with a result that is neither None nor a bool.
    pybind11::object settle;
    /// `failed(request, error)`: told of an exception.
    pybind11::object failed;
    /// The context in which hooks run, each call in a copy of its own.
    pybind11::object context;

    /// Requests that were taken from the server and not yet put to a hook.
    std::atomic<std::size_t> waiting{0};
};

/// Takes a server's requests into the queue of the host's event loop.
///
/// Thread safety: May be called from any thread.
class hook_target final : public hook_sink {
public:
    hook_target(std::shared_ptr<host_queue> queue, std::shared_ptr<host_functions> functions,
                const options& given);

    void submit(hook_batch&& batch) override;

private:
    std::shared_ptr<host_queue> queue_;
    std::shared_ptr<host_functions> functions_;
    std::chrono::milliseconds timeout_;
    std::size_t most_;
};

/// `drain(queue, completed, logged)` for Python: runs what waits for the host, at most 256 items: hooks at
/// once; `completed(ticket, code, message, result)` and `logged(level, line)` for the rest. What is left
/// after an exception stays in the queue. To be called on the thread of the event loop that the queue belongs
/// to. Exceptions: what `completed` and `logged` raise, and from a hook what is no `Exception`.
PyObject* drain(PyObject* module, PyObject* const* arguments, Py_ssize_t count);

}  // namespace fanwire::python
