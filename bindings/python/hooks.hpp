#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/options.hpp>

#include "host_queue.hpp"

#include <pybind11/pybind11.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace fanwire::python {

/// The hooks, by the places of their functions and names.
enum class hook : std::size_t { on_connect, on_join, on_message, on_leave, on_disconnect, on_bus_state };
inline constexpr std::array<std::string_view, 6> hook_names{"on_connect", "on_join",       "on_message",
                                                            "on_leave",   "on_disconnect", "on_bus_state"};

/// The Python functions of one started server. All but the atomics is used with the GIL held.
struct host_functions {
    host_functions() = default;
    host_functions(const host_functions&) = delete;
    host_functions& operator=(const host_functions&) = delete;
    /// Leaks what `clear` was not called for: the last to let go may be a thread without the GIL.
    ~host_functions();

    /// Lets go of the functions: what still waits for them is dropped.
    void clear();

    [[nodiscard]] bool has(hook which) const { return static_cast<bool>(at(which)); }
    [[nodiscard]] const pybind11::object& at(hook which) const {
        return hooks[static_cast<std::size_t>(which)];
    }

    /// Null where there is none.
    std::array<pybind11::object, hook_names.size()> hooks;
    /// `settle(reply, result, request, context)`: deals with a result that is neither None nor a bool; of a
    /// notification, whose reply is None, with one that is not None.
    pybind11::object settle;
    /// `failed(request, error)`: told of an exception of a hook.
    pybind11::object failed;
    /// The context in which hooks run, each call in a copy of its own.
    pybind11::object context;

    /// Requests that were taken from the server and not yet put to a hook.
    std::atomic<std::size_t> waiting{0};
    /// The server has stopped: nobody waits for answers any more, but what has happened is still told.
    std::atomic<bool> is_stopped{false};

private:
    template <class Use>
    void for_each(Use use);
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
/// after an exception stays in the queue. Returns whether more may wait. To be called on the thread of the
/// event loop that the queue belongs to. Exceptions: what `completed` and `logged` raise, and from a hook
/// what is no `Exception`.
PyObject* drain(PyObject* module, PyObject* const* arguments, Py_ssize_t count);

}  // namespace fanwire::python
