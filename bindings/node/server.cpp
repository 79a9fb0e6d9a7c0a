#include "server.hpp"

#include "convert.hpp"
#include "options.hpp"

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace fanwire::node {
namespace {

/// Errors have our names, or the system's: EADDRINUSE.
outcome failure(double id, std::error_code code, const std::string& sentence) {
    if (code.category() == fanwire_category()) {
        return {id, std::string{error_name(static_cast<errc>(code.value()))}, sentence, 0};
    }
    const bool is_systems =
        code.category() == std::system_category() || code.category() == std::generic_category();
    const char* const name = is_systems ? ::strerrorname_np(code.value()) : nullptr;
    return {id, name != nullptr ? name : "unavailable", sentence, 0};
}

/// A host that has the hooks whose places in `given` are true.
host host_of(const Napi::Value& given, std::shared_ptr<hook_sink> sink) {
    const auto has = [places = given.As<Napi::Array>()](hook which) {
        return places.Get(static_cast<std::uint32_t>(which)).ToBoolean().Value();
    };
    host made;
    made.has_on_connect = has(hook::on_connect);
    made.has_on_join = has(hook::on_join);
    made.has_on_message = has(hook::on_message);
    made.has_on_leave = has(hook::on_leave);
    made.has_on_disconnect = has(hook::on_disconnect);
    made.has_on_bus_state = has(hook::on_bus_state);
    made.sink = std::move(sink);
    return made;
}

double number(const Napi::Value& given) { return given.As<Napi::Number>().DoubleValue(); }

std::string text(const Napi::Value& given) { return given.As<Napi::String>().Utf8Value(); }

/// A string or a Uint8Array as bytes, which hold as long as both arguments.
std::string_view bytes(const Napi::Value& given, std::string& storage) {
    if (given.IsString()) return storage = text(given);
    const auto array = given.As<Napi::Uint8Array>();
    return {reinterpret_cast<const char*>(array.Data()), array.ByteLength()};
}

}  // namespace

Napi::Function server_wrap::define(Napi::Env env) {
    return DefineClass(
        env, "Server",
        {InstanceMethod<&server_wrap::start>("start"), InstanceMethod<&server_wrap::stop>("stop"),
         InstanceMethod<&server_wrap::close>("close"), InstanceMethod<&server_wrap::ref>("ref"),
         InstanceMethod<&server_wrap::unref>("unref"), InstanceMethod<&server_wrap::answer>("answer"),
         InstanceMethod<&server_wrap::publish>("publish"),
         InstanceMethod<&server_wrap::publish_raw>("publishRaw"), InstanceMethod<&server_wrap::send>("send"),
         InstanceMethod<&server_wrap::port>("port"), InstanceMethod<&server_wrap::url>("url"),
         InstanceMethod<&server_wrap::is_running>("isRunning"),
         InstanceMethod<&server_wrap::stats>("stats")});
}

server_wrap::server_wrap(const Napi::CallbackInfo& info) : ObjectWrap(info), env_(info.Env()) {
    const auto asked = info[2].As<Napi::Object>();
    const auto least = static_cast<log_level>(asked.Get("leastLevel").As<Napi::Number>().Int32Value());
    options given = options_wrap::Unwrap(info[0].As<Napi::Object>())->value();
    bridge_ = std::make_shared<bridge>(least, given.hook_timeout);
    given.log = [to = bridge_](log_level level, std::string_view line) { to->write(level, line); };
    try {
        server_ = std::make_unique<server>(std::move(given), host_of(asked.Get("hooks"), bridge_));
    } catch (const std::exception& bad) {
        throw error_with_code(env_, "bad_option", bad.what());
    }
    bridge::open(bridge_, env_, info[1].As<Napi::Object>());
    // Added behind the thread-safe function, so that it runs before Node ends that.
    napi_add_env_cleanup_hook(env_, &server_wrap::on_env_end, this);
    Ref();
}

server_wrap::~server_wrap() { on_env_end(this); }

void server_wrap::on_env_end(void* data) {
    auto* const self = static_cast<server_wrap*>(data);
    if (!std::exchange(self->is_open_, false)) return;
    self->server_->stop();
    self->join_asides();
    self->bridge_->abandon();
}

template <class Work>
void server_wrap::run_aside(double id, Work work) {
    asides_.emplace_back([this, id, work] {
        try {
            work();
            bridge_->settle({id, {}, {}, 0});
        } catch (const std::system_error& error) {
            bridge_->settle(failure(id, error.code(), error.what()));
        } catch (const std::exception& error) {
            bridge_->settle({id, "internal", error.what(), 0});
        }
    });
}

void server_wrap::join_asides() {
    for (std::thread& aside : asides_) aside.join();
    asides_.clear();
}

void server_wrap::start(const Napi::CallbackInfo& info) {
    run_aside(number(info[0]), [this] { server_->start(); });
}

void server_wrap::stop(const Napi::CallbackInfo& info) {
    const std::chrono::milliseconds drain{info[1].As<Napi::Number>().Int64Value()};
    run_aside(number(info[0]), [this, drain] { server_->stop(drain); });
}

void server_wrap::close(const Napi::CallbackInfo& info) {
    if (!std::exchange(is_open_, false)) return;
    join_asides();
    bridge_->close(info.Env());
    napi_remove_env_cleanup_hook(env_, &server_wrap::on_env_end, this);
    Unref();
}

server::publish_callback server_wrap::settle_publish(const Napi::Value& id) {
    return [to = bridge_, id = number(id)](std::error_code code, const publish_result& result) {
        const int flags = (result.local ? 1 : 0) | (result.dropped ? 2 : 0);
        to->settle(code ? failure(id, code, code.message())
                        : outcome{id, {}, {}, static_cast<double>(flags)});
    };
}

void server_wrap::publish(const Napi::CallbackInfo& info) {
    const message_fields fields{optional_text(info[2]), optional_text(info[3]), optional_text(info[4])};
    server_->publish(text(info[1]), fields, settle_publish(info[0]));
}

void server_wrap::publish_raw(const Napi::CallbackInfo& info) {
    std::string storage;
    server_->publish_raw(text(info[1]), bytes(info[2], storage), settle_publish(info[0]));
}

void server_wrap::send(const Napi::CallbackInfo& info) {
    const double id = number(info[0]);
    const auto client = parse_client_id(text(info[1]));
    if (!client) throw error_with_code(env_, "bad_request", text(info[1]) + " is not the id of a client");
    server_->send(*client, text(info[2]), [to = bridge_, id](std::error_code code, send_result result) {
        to->settle(code ? failure(id, code, code.message())
                        : outcome{id, {}, {}, static_cast<double>(result)});
    });
}

Napi::Value server_wrap::port(const Napi::CallbackInfo&) { return Napi::Number::New(env_, server_->port()); }

Napi::Value server_wrap::url(const Napi::CallbackInfo&) { return Napi::String::New(env_, server_->url()); }

Napi::Value server_wrap::is_running(const Napi::CallbackInfo&) {
    return Napi::Boolean::New(env_, server_->is_running());
}

Napi::Value server_wrap::stats(const Napi::CallbackInfo&) { return stats_to_js(env_, server_->stats()); }

Napi::Object stats_to_js(Napi::Env env, const fanwire::stats& now) {
    auto made = Napi::Object::New(env);
    const auto set = [&](const char* name, std::uint64_t value) {
        made.Set(name, static_cast<double>(value));
    };
    set("connections", now.connections);
    set("connectionsTotal", now.connections_total);
    set("rooms", now.rooms);
    set("members", now.members);
    set("messagesIn", now.messages_in);
    set("deliveries", now.deliveries);
    set("errors", now.errors);
    set("slowConsumers", now.slow_consumers);
    set("heartbeatsMissed", now.heartbeats_missed);
    set("hookCalls", now.hook_calls);
    set("hookTimeouts", now.hook_timeouts);
    set("hookRequests", now.hook_requests);
    set("hookNotices", now.hook_notices);
    set("hookNoticesDropped", now.hook_notices_dropped);
    set("queueBytes", now.queue_bytes);
    set("badProxyHeaders", now.bad_proxy_headers);
    set("forwardedIgnored", now.forwarded_ignored);
    set("busOnline", now.bus_online);
    set("busMessagesIn", now.bus_messages_in);
    set("busMessagesOut", now.bus_messages_out);
    set("busReconnects", now.bus_reconnects);
    set("busSubscriptions", now.bus_subscriptions);
    set("busUncertain", now.bus_uncertain);
    set("busRefused", now.bus_refused);
    set("busTooLarge", now.bus_too_large);
    set("busMalformed", now.bus_malformed);
    set("busUnknownVersion", now.bus_unknown_version);
    set("outboxMessages", now.outbox_messages);
    set("outboxDropped", now.outbox_dropped);
    set("probeRoundTripUs", now.probe_round_trip_us);
    return made;
}

}  // namespace fanwire::node
