#pragma once

#include <fanwire/server.hpp>

#include "fork_mark.hpp"
#include "hooks.hpp"
#include "host_queue.hpp"

#include <pybind11/pybind11.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fanwire::python {

/// One run of a server: made, started, stopped, once each.
///
/// Thread safety: the GIL; it is released where the server may block.
class native_server {
public:
    using json = std::optional<std::string>;

    /// `queue` is where hooks, log lines of at least `log_level`, and nothing else go by themselves.
    native_server(options given, std::shared_ptr<host_queue> queue, std::shared_ptr<host_functions> functions,
                  int log_level);
    native_server(const native_server&) = delete;
    native_server& operator=(const native_server&) = delete;
    /// Stops at once, without the GIL. In a forked child everything is leaked: its threads are not there to
    /// be joined.
    ~native_server();

    void start();
    /// Requests that wait are denied; what has happened is still told, until `close`.
    void stop(double drain);
    /// Lets go of the host's functions.
    void close() { functions_->clear(); }
    /// Exceptions: Python's `fanwire.ForkedError` in a forked child; so do all functions but `is_running`.
    void check_fork() const { born_.check(); }
    [[nodiscard]] bool is_running() const;
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url() const;
    [[nodiscard]] pybind11::dict stats() const;

    /// How it went comes to `queue` under `ticket`.
    void publish(std::shared_ptr<host_queue> queue, std::uint64_t ticket, const std::string& room, json user,
                 json text, json data);
    void publish_raw(std::shared_ptr<host_queue> queue, std::uint64_t ticket, const std::string& room,
                     std::string_view payload);
    void send(std::shared_ptr<host_queue> queue, std::uint64_t ticket, const std::string& client,
              const std::string& data);

    /// Wait for how it went, on a thread that need not have an event loop.
    [[nodiscard]] pybind11::tuple publish_blocking(const std::string& room, json user, json text, json data);
    [[nodiscard]] pybind11::tuple publish_raw_blocking(const std::string& room, std::string_view payload);
    [[nodiscard]] bool send_blocking(const std::string& client, const std::string& data);

private:
    fork_mark born_;
    std::shared_ptr<host_functions> functions_;
    std::unique_ptr<server> server_;
};

void bind_server(pybind11::module_& module);

}  // namespace fanwire::python
