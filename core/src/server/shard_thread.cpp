#include "server/shard_thread.hpp"

#include "server/instance_state.hpp"
#include "server/threads.hpp"

#include <string>
#include <utility>

namespace fanwire {

namespace {

constexpr duration tick_interval = std::chrono::milliseconds{100};

engine_settings settings_of(const options& given, std::uint64_t instance, std::size_t index) {
    engine_settings settings;
    settings.instance = instance;
    settings.shard = index;
    settings.protocol = {given.max_json_depth, given.max_room_name_bytes, given.max_id_bytes};
    settings.max_message_in_bytes = given.max_message_in_bytes;
    settings.max_rooms_per_client = given.max_rooms_per_client;
    settings.max_rooms = given.max_rooms;
    settings.allow_patterns = given.allow_patterns;
    settings.max_at_hook = given.max_hook_requests_per_client;
    settings.heartbeat_interval = given.heartbeat_interval;
    settings.heartbeat_timeout = given.heartbeat_timeout;
    settings.flush_hold_percent = given.flush_hold_percent;
    return settings;
}

connection_options connection_options_of(const options& given) {
    connection_options chosen;
    chosen.max_message_bytes = given.max_message_in_bytes;
    chosen.max_queue_bytes = given.max_queue_bytes;
    return chosen;
}

http_options http_options_of(const instance_state& instance) {
    const options& given = instance.given;
    http_options chosen;
    chosen.max_header_bytes = given.max_header_bytes;
    chosen.timeout = given.handshake_timeout;
    chosen.proxies = instance.proxies;
    chosen.expects_proxy_header = given.proxy_protocol;
    return chosen;
}

}  // namespace

shard_thread::shard_thread(std::size_t index, const std::shared_ptr<instance_state>& instance,
                           const host& asked)
    : index_(index),
      context_(1),
      tasks_(context_, [this] { on_turn_end(); }),
      answers_(std::make_shared<answer_box>(tasks_)),
      shard_(std::make_unique<shard>(
          settings_of(instance->given, instance->number, index), clock_, asked,
          hook_gate::settings{instance->given.hook_timeout, instance->given.max_hook_requests}, *answers_,
          sender_)),
      poller_(make_poller(context_, best_poller_kind())),
      connections_(std::make_unique<connection_set>(*poller_, connection_options_of(instance->given),
                                                    static_cast<turn_handler&>(*this))),
      routes_(instance, *shard_, *connections_, clock_, tasks_),
      sessions_(context_, http_options_of(*instance), routes_),
      tick_timer_(context_),
      flush_timer_(context_) {
    answers_->attach(shard_->gate());
}

shard_thread::~shard_thread() { stop(); }

void shard_thread::attach(std::unique_ptr<bus> to) {
    bus_ = std::move(to);
    shard_->attach(*bus_);
}

void shard_thread::start() {
    wait_for_tick();
    const std::string name = "fanwire-" + std::to_string(index_);
    thread_ = start_thread(name.c_str(), [this] {
        tasks_.bind_thread();
        context_.run();
    });
}

void shard_thread::drain(duration spread, std::function<void()> done) {
    tasks_.post([this, spread, done = std::move(done)]() mutable {
        if (done) on_drained_ = std::move(done);
        is_draining_ = true;
        sessions_.stop();
        shard_->drain(spread);
        tell_when_drained();
    });
}

void shard_thread::stop() {
    if (!thread_.joinable()) return;
    context_.stop();
    thread_.join();
    shard_->tell_cut();
    answers_->close();
    tasks_.close();
}

void shard_thread::take(accepted_socket&& accepted) {
    arriving_.fetch_sub(1, std::memory_order_relaxed);
    if (is_draining_) return;
    sessions_.open(std::move(accepted));
    load_.set(connections_->size() + sessions_.size());
}

void shard_thread::on_turn_end() {
    if (const auto due = shard_->end_turn()) {
        const time_point now = clock::now();
        if (*due <= now) {
            shard_->flush(now, [] { return clock::now(); });
        } else {
            wait_for_flush(*due);
        }
    }
    load_.set(connections_->size() + sessions_.size());
    clock_.reset();
    tell_when_drained();
}

void shard_thread::wait_for_flush(time_point due) {
    if (is_holding_) return;
    is_holding_ = true;
    flush_timer_.expires_at(due);
    flush_timer_.async_wait([this](boost::system::error_code) {
        is_holding_ = false;
        on_turn_end();
    });
}

void shard_thread::wait_for_tick() {
    tick_timer_.expires_after(tick_interval);
    tick_timer_.async_wait([this](boost::system::error_code) {
        shard_->tick();
        connections_->on_tick(clock_.now().steady);
        on_turn_end();
        wait_for_tick();
    });
}

void shard_thread::tell_when_drained() {
    if (!on_drained_ || shard_->has_clients() || connections_->size() != 0 || sessions_.size() != 0) return;
    std::exchange(on_drained_, nullptr)();
}

}  // namespace fanwire
