#include "server/runtime.hpp"

#include "bus/local_bus.hpp"
#include "bus/redis/redis_bus.hpp"
#include "net/listener.hpp"
#include "server/bus_thread.hpp"
#include "server/bus_watch.hpp"
#include "server/pending_callback.hpp"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

namespace fanwire {

namespace {

// What a client has to answer a close, besides the time over which the closes are spread.
constexpr std::chrono::seconds close_grace{3};
// What Redis has to answer at the start, so that the first clients need not be told that it cannot be
// reached.
constexpr std::chrono::seconds bus_patience{1};

std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

std::size_t shard_count(const options& given) {
    if (given.shards != 0) return given.shards;
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
}

/// How a client on this machine writes the address that is listened on.
std::string reachable_host(const std::string& host) {
    if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
    if (host == "::") return "[::1]";
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

runtime::runtime(const options& given, const host& asked)
    : instance_(std::make_shared<instance_state>(given, random_number())),
      has_hooks_(asked.has_on_connect || asked.has_on_message) {
    instance_->count = [this] { return stats(); };
    for (std::size_t index = 0; index < shard_count(given); ++index) {
        shards_.push_back(std::make_unique<shard_thread>(index, instance_, asked));
        instance_->shards.push_back(&shards_.back()->core().counted());
    }
    if (given.redis.empty()) {
        attach_local_bus();
    } else {
        watch_ = std::make_unique<bus_watch>(instance_, asked);
        attach_redis_bus();
    }
}

void runtime::attach_local_bus() {
    // The first shard orders the messages of all: with one shard, a message never leaves its thread.
    const auto hub = std::make_shared<local_hub>(shards_.front()->tasks());
    for (const auto& one : shards_) one->attach(std::make_unique<local_bus>(hub, one->tasks(), one->core()));
}

void runtime::attach_redis_bus() {
    bus_ = std::make_unique<bus_thread>(instance_, [this](bus_state now) { watch_->on_change(now); });
    instance_->bus = &bus_->hub()->counted();
    for (const auto& one : shards_)
        one->attach(std::make_unique<redis_bus>(bus_->hub(), one->tasks(), one->core()));
}

runtime::~runtime() { stop(std::chrono::milliseconds{0}); }

void runtime::start() {
    const options& given = instance_->given;
    listener_ = std::make_unique<listener>(shards_.front()->context(),
                                           listen_options{given.host, given.port, given.reuse_port},
                                           [this](accepted_socket accepted) { accept(std::move(accepted)); });
    port_ = listener_->port();
    listener_->start();
    for (const auto& one : shards_) one->start();
    if (bus_ != nullptr) {
        bus_->start();
        bus_->wait_until_online(bus_patience);
        watch_->begin();
    }
    warn_if_open();
}

void runtime::warn_if_open() {
    if (has_hooks_) return;
    instance_->log(
        log_level::warning,
        "no hook decides who may connect or publish: every client may post to every room and to everybody");
}

void runtime::accept(accepted_socket&& accepted) {
    const auto least = std::ranges::min_element(shards_, {}, [](const auto& one) { return one->load(); });
    shard_thread& to = **least;
    to.expect_socket();
    if (to.tasks().is_current()) {
        to.take(std::move(accepted));
    } else {
        to.tasks().post([&to, taken = std::move(accepted)]() mutable { to.take(std::move(taken)); });
    }
}

void runtime::stop(std::chrono::milliseconds spread) {
    if (listener_ == nullptr) return;
    instance_->is_draining = true;
    shards_.front()->tasks().post([this] { listener_->stop(); });
    drain_shards(spread);
    {
        std::unique_lock lock(drain_mutex_);
        drained_.wait_for(lock, spread + close_grace, [&] { return shards_drained_ == shards_.size(); });
    }
    if (bus_ != nullptr) bus_->stop();
    for (const auto& one : shards_) one->stop();
    listener_.reset();
}

void runtime::drain_shards(std::chrono::milliseconds spread) {
    for (const auto& one : shards_) {
        one->drain(spread, [this] {
            const std::lock_guard lock(drain_mutex_);
            ++shards_drained_;
            drained_.notify_one();
        });
    }
}

void runtime::hurry() {
    for (const auto& one : shards_) one->drain(duration{0}, {});
}

void runtime::publish(shared_message message, server::publish_callback done) {
    shard_thread& first = *shards_.front();
    first.tasks().post([&core = first.core(), message = std::move(message),
                        pending = pending_callback(std::move(done))]() mutable {
        if (!pending) return core.publish(message, {});
        auto kept = std::make_shared<decltype(pending)>(std::move(pending));
        core.publish(message, [kept](std::error_code failed, const publish_result& result) {
            (*kept)(failed, result);
        });
    });
}

void runtime::send(client_id to, std::string data, server::send_callback done) {
    const std::size_t index = client_table::shard_of(to.local);
    if (to.instance != instance_->number || index >= shards_.size()) {
        if (done) done({}, send_result::client_gone);
        return;
    }
    shard_thread& owner = *shards_[index];
    owner.tasks().post([&core = owner.core(), to, data = std::move(data),
                        pending = pending_callback(std::move(done))]() mutable {
        const send_result result = core.send(to, data);
        if (pending) pending({}, result);
    });
}

std::string runtime::url() const {
    return "ws://" + reachable_host(instance_->given.host) + ":" + std::to_string(port_) + "/";
}

fanwire::stats runtime::stats() const {
    fanwire::stats sum;
    for (const auto& one : shards_) {
        const engine_counters& counted = one->core().counted();
        sum.connections += counted.connections.value();
        sum.connections_total += counted.connections_total.value();
        sum.rooms += counted.rooms.value();
        sum.members += counted.members.value();
        sum.messages_in += counted.messages_in.value();
        sum.deliveries += counted.deliveries.value();
        sum.errors += counted.errors.value();
        sum.heartbeats_missed += counted.heartbeats_missed.value();
        sum.slow_consumers += one->connection_counts().slow_consumers.value();
        sum.queue_bytes += one->connection_counts().queue_bytes.value();
        sum.bad_proxy_headers += one->http_counts().bad_proxy_headers.value();
        sum.forwarded_ignored += one->forwarded_ignored();
        const hook_gate::counters& hooks = one->core().gate().counted();
        sum.hook_calls += hooks.calls.value();
        sum.hook_timeouts += hooks.timeouts.value();
        sum.hook_requests += hooks.outstanding.value();
        sum.hook_notices += one->core().gate().notices().told.value();
        sum.hook_notices_dropped += one->core().gate().notices().dropped.value();
    }
    if (bus_ != nullptr) {
        const bus_counters& counted = bus_->hub()->counted();
        sum.bus_online = counted.is_online.value();
        sum.bus_messages_in = counted.messages_in.value();
        sum.bus_messages_out = counted.messages_out.value();
        sum.bus_reconnects = counted.reconnects.value();
        sum.bus_subscriptions = counted.subscriptions.value();
        sum.bus_uncertain = counted.uncertain.value();
        sum.bus_refused = counted.refused.value();
        const message_intake::counters& skipped = bus_->hub()->skipped();
        sum.bus_too_large = skipped.too_large.value();
        sum.bus_malformed = skipped.malformed.value();
        sum.bus_unknown_version = skipped.unknown_version.value();
        sum.outbox_messages = counted.outbox_messages.value();
        sum.outbox_dropped = counted.outbox_dropped.value();
        sum.probe_round_trip_us = counted.probe_round_trip_us.value();
        sum.hook_notices += watch_->counted().told.value();
        sum.hook_notices_dropped += watch_->counted().dropped.value();
    }
    return sum;
}

}  // namespace fanwire
