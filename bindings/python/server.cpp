#include "server.hpp"

#include "errors.hpp"
#include "gil.hpp"
#include "waiter.hpp"

#include <pybind11/stl.h>

#include <chrono>
#include <cmath>
#include <utility>

namespace py = pybind11;

namespace fanwire::python {
namespace {

host host_of(std::shared_ptr<host_queue> queue, std::shared_ptr<host_functions> functions,
             const options& given) {
    host asked;
    asked.has_on_connect = functions->has(hook::on_connect);
    asked.has_on_join = functions->has(hook::on_join);
    asked.has_on_message = functions->has(hook::on_message);
    asked.has_on_leave = functions->has(hook::on_leave);
    asked.has_on_disconnect = functions->has(hook::on_disconnect);
    asked.has_on_bus_state = functions->has(hook::on_bus_state);
    asked.sink = std::make_shared<hook_target>(std::move(queue), std::move(functions), given);
    return asked;
}

client_id client_of(const std::string& text) {
    if (const auto id = parse_client_id(text)) return *id;
    throw py::value_error(text + " is not the id of a client");
}

template <class Result>
auto report_to(std::shared_ptr<host_queue> queue, std::uint64_t ticket) {
    return [queue = std::move(queue), ticket](std::error_code error, const Result& result) {
        queue->push(completion{ticket, error, result});
    };
}

py::tuple result_of(waiter<publish_result>& waiting) {
    const publish_result result = waiting.wait();
    return py::make_tuple(result.local, result.dropped);
}

}  // namespace

native_server::native_server(options given, std::shared_ptr<host_queue> queue,
                             std::shared_ptr<host_functions> functions, int log_level)
    : functions_(std::move(functions)) {
    given.log = [queue, least = static_cast<fanwire::log_level>(log_level)](fanwire::log_level level,
                                                                            std::string_view line) {
        if (level >= least) queue->log(level, line);
    };
    host asked = host_of(std::move(queue), functions_, given);
    server_ = std::make_unique<server>(std::move(given), std::move(asked));
}

native_server::~native_server() {
    if (born_.is_crossed()) {
        [[maybe_unused]] const server* const leaked = server_.release();
        return;
    }
    functions_->clear();
    const released_gil released;
    server_.reset();
}

void native_server::start() {
    born_.check();
    std::optional<std::system_error> failure;
    {
        const released_gil released;
        try {
            server_->start();
        } catch (const std::system_error& error) {
            failure.emplace(error);
        }
    }
    if (failure) raise_error(failure->code(), failure->what());
}

void native_server::stop(double drain) {
    born_.check();
    const auto milliseconds = std::chrono::milliseconds(std::llround(drain * 1000));
    {
        const released_gil released;
        server_->stop(milliseconds);
    }
    functions_->is_stopped = true;
}

bool native_server::is_running() const { return !born_.is_crossed() && server_->is_running(); }

std::uint16_t native_server::port() const {
    born_.check();
    return server_->port();
}

std::string native_server::url() const {
    born_.check();
    return server_->url();
}

void native_server::publish(std::shared_ptr<host_queue> queue, std::uint64_t ticket, const std::string& room,
                            json user, json text, json data) {
    born_.check();
    server_->publish(room, {std::move(user), std::move(text), std::move(data)},
                     report_to<publish_result>(std::move(queue), ticket));
}

void native_server::publish_raw(std::shared_ptr<host_queue> queue, std::uint64_t ticket,
                                const std::string& room, std::string_view payload) {
    born_.check();
    server_->publish_raw(room, payload, report_to<publish_result>(std::move(queue), ticket));
}

void native_server::send(std::shared_ptr<host_queue> queue, std::uint64_t ticket, const std::string& client,
                         const std::string& data) {
    born_.check();
    server_->send(client_of(client), data, report_to<send_result>(std::move(queue), ticket));
}

py::tuple native_server::publish_blocking(const std::string& room, json user, json text, json data) {
    born_.check();
    waiter<publish_result> waiting;
    server_->publish(room, {std::move(user), std::move(text), std::move(data)}, waiting.callback());
    return result_of(waiting);
}

py::tuple native_server::publish_raw_blocking(const std::string& room, std::string_view payload) {
    born_.check();
    waiter<publish_result> waiting;
    server_->publish_raw(room, payload, waiting.callback());
    return result_of(waiting);
}

bool native_server::send_blocking(const std::string& client, const std::string& data) {
    born_.check();
    waiter<send_result> waiting;
    server_->send(client_of(client), data, waiting.callback());
    return waiting.wait() == send_result::delivered;
}

py::dict native_server::stats() const {
    born_.check();
    const fanwire::stats counted = server_->stats();
    py::dict result;
    result["connections"] = counted.connections;
    result["connections_total"] = counted.connections_total;
    result["rooms"] = counted.rooms;
    result["members"] = counted.members;
    result["messages_in"] = counted.messages_in;
    result["deliveries"] = counted.deliveries;
    result["errors"] = counted.errors;
    result["slow_consumers"] = counted.slow_consumers;
    result["heartbeats_missed"] = counted.heartbeats_missed;
    result["hook_calls"] = counted.hook_calls;
    result["hook_timeouts"] = counted.hook_timeouts;
    result["hook_requests"] = counted.hook_requests;
    result["hook_notices"] = counted.hook_notices;
    result["hook_notices_dropped"] = counted.hook_notices_dropped;
    result["queue_bytes"] = counted.queue_bytes;
    result["bad_proxy_headers"] = counted.bad_proxy_headers;
    result["forwarded_ignored"] = counted.forwarded_ignored;
    result["bus_online"] = counted.bus_online;
    result["bus_messages_in"] = counted.bus_messages_in;
    result["bus_messages_out"] = counted.bus_messages_out;
    result["bus_reconnects"] = counted.bus_reconnects;
    result["bus_subscriptions"] = counted.bus_subscriptions;
    result["bus_uncertain"] = counted.bus_uncertain;
    result["bus_refused"] = counted.bus_refused;
    result["bus_too_large"] = counted.bus_too_large;
    result["bus_malformed"] = counted.bus_malformed;
    result["bus_unknown_version"] = counted.bus_unknown_version;
    result["outbox_messages"] = counted.outbox_messages;
    result["outbox_dropped"] = counted.outbox_dropped;
    result["probe_round_trip_us"] = counted.probe_round_trip_us;
    return result;
}

void bind_server(py::module_& module) {
    py::class_<native_server>(module, "Server")
        .def(py::init([](const options& given, std::shared_ptr<host_queue> queue, const py::dict& hooks,
                         py::object settle, py::object failed, py::object context, int log_level) {
            auto functions = std::make_shared<host_functions>();
            for (std::size_t at = 0; at < hook_names.size(); ++at) {
                const py::str name(hook_names[at].data(), hook_names[at].size());
                if (hooks.contains(name)) functions->hooks[at] = hooks[name];
            }
            functions->settle = std::move(settle);
            functions->failed = std::move(failed);
            functions->context = std::move(context);
            return std::make_unique<native_server>(given, std::move(queue), std::move(functions), log_level);
        }))
        .def("start", &native_server::start)
        .def("stop", &native_server::stop)
        .def("close", &native_server::close)
        .def("check_fork", &native_server::check_fork)
        .def_property_readonly("is_running", &native_server::is_running)
        .def_property_readonly("port", &native_server::port)
        .def_property_readonly("url", &native_server::url)
        .def("stats", &native_server::stats)
        .def("publish", &native_server::publish)
        .def("publish_raw", &native_server::publish_raw)
        .def("send", &native_server::send)
        .def("publish_blocking", &native_server::publish_blocking)
        .def("publish_raw_blocking", &native_server::publish_raw_blocking)
        .def("send_blocking", &native_server::send_blocking);
}

}  // namespace fanwire::python
