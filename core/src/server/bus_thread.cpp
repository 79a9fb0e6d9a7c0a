#include "server/bus_thread.hpp"

#include "bus/redis/resp_writer.hpp"
#include "server/instance_state.hpp"
#include "server/threads.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace fanwire {

namespace {

constexpr duration tick_interval = std::chrono::milliseconds{100};
// As long as a link backs off at most: then whoever can come back has.
constexpr duration max_replay_delay = std::chrono::seconds{2};

std::string hexadecimal(std::uint64_t number) {
    char text[20];
    const int length = std::snprintf(text, sizeof(text), "%llx", static_cast<unsigned long long>(number));
    return {text, static_cast<std::size_t>(length)};
}

/// The first line of a file that holds a password; none if it cannot be read.
std::optional<std::string> password_of(const std::string& file) {
    std::ifstream opened(file);
    std::string password;
    if (!std::getline(opened, password)) return {};
    return password;
}

/// Reads the file for each connection, so that a password can be changed while the server runs.
std::function<std::string()> password_reader(const std::string& file) {
    auto first = password_of(file);
    if (!first) throw std::invalid_argument("option `redis_password_file`: cannot read " + file);
    return [file, last = std::move(*first)]() mutable {
        if (auto now = password_of(file)) last = std::move(*now);
        return last;
    };
}

/// Room channels, the broadcast channel and our own keys must be told apart by how they begin.
void check_prefixes(const options& given) {
    const std::pair<std::string_view, const std::string&> names[] = {
        {"room_prefix", given.room_prefix},
        {"broadcast_channel", given.broadcast_channel},
        {"key_prefix", given.key_prefix}};
    for (const auto& [option, text] : names) {
        if (text.empty())
            throw std::invalid_argument("option `" + std::string(option) + "` must not be empty");
        for (const auto& [other_option, other] : names) {
            if (option == other_option || !other.starts_with(text)) continue;
            throw std::invalid_argument("option `" + std::string(option) + "` is \"" + text +
                                        "\", with which `" + std::string(other_option) + "` (\"" + other +
                                        "\") must not begin");
        }
    }
}

}  // namespace

redis_settings redis_settings_of(const options& given, std::uint64_t instance) {
    check_prefixes(given);
    redis_settings settings;
    settings.target = parse_redis_url(given.redis);
    if (!given.redis_password_file.empty())
        settings.read_password = password_reader(given.redis_password_file);
    settings.ca_file = given.redis_ca_file;
    settings.certificate_file = given.redis_certificate_file;
    settings.key_file = given.redis_key_file;
    settings.server_name = given.redis_server_name;
    settings.instance = hexadecimal(instance);
    settings.room_prefix = given.room_prefix;
    settings.broadcast_channel = given.broadcast_channel;
    settings.key_prefix = given.key_prefix;
    settings.connect_timeout = given.redis_connect_timeout;
    settings.command_timeout = given.redis_command_timeout;
    settings.probe_interval = given.probe_interval;
    settings.probe_timeout = given.probe_timeout;
    settings.unsubscribe_linger = given.unsubscribe_linger;
    settings.outbox_limits = {given.max_outbox_messages, given.max_outbox_bytes, given.outbox_timeout};
    settings.max_replay_delay = max_replay_delay;
    settings.max_message_bytes = given.max_message_out_bytes;
    return settings;
}

bus_thread::bus_thread(const std::shared_ptr<instance_state>& instance, redis_hub::state_change on_state)
    : settings_(redis_settings_of(instance->given, instance->number)),
      context_(1),
      tasks_(context_, [this] { on_turn_end(); }),
      tick_timer_(context_) {
    const auto log = [instance](log_level level, std::string_view line) { instance->log(level, line); };
    const auto on_change = [this, on_state = std::move(on_state)](bus_state now) {
        // First, so that who waited finds told what it waited for.
        on_state(now);
        {
            const std::lock_guard lock(mutex_);
            is_online_ = now == bus_state::connected;
        }
        changed_.notify_all();
    };
    hub_ = std::make_shared<redis_hub>(settings_, tasks_, clock_, log, on_change);
    const redis_stream_factory streams = make_redis_stream_factory(context_, settings_);
    const auto link = [&](std::string_view role, redis_link_handler& handler) {
        return std::make_shared<asio_redis_link>(context_, streams, settings_, role, handler, log,
                                                 [this] { on_turn_end(); });
    };
    publishing_ = link("publish", hub_->publishing_handler());
    subscribing_ = link("subscribe", hub_->subscribing_handler());
    hub_->attach(*publishing_, *subscribing_);
}

bus_thread::~bus_thread() { stop(); }

void bus_thread::start() {
    publishing_->start();
    subscribing_->start();
    wait_for_tick();
    thread_ = start_thread("fanwire-bus", [this] {
        tasks_.bind_thread();
        context_.run();
    });
}

void bus_thread::wait_until_online(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return is_online_; });
}

void bus_thread::stop() {
    if (!thread_.joinable()) return;
    tasks_.post([this] { say_goodbye(); });
    thread_.join();
    tasks_.close();
}

void bus_thread::say_goodbye() {
    hub_->end_turn();
    const auto done = [this] {
        if (--links_left_ == 0) context_.stop();
    };
    std::string publisher_goodbye;
    write_command(publisher_goodbye, {"QUIT"});
    std::string subscriber_goodbye;
    write_command(subscriber_goodbye, {"UNSUBSCRIBE"});
    write_command(subscriber_goodbye, {"PUNSUBSCRIBE"});
    write_command(subscriber_goodbye, {"QUIT"});
    publishing_->stop(publisher_goodbye, done);
    subscribing_->stop(subscriber_goodbye, done);
}

void bus_thread::on_turn_end() {
    hub_->end_turn();
    clock_.reset();
}

void bus_thread::wait_for_tick() {
    tick_timer_.expires_after(tick_interval);
    tick_timer_.async_wait([this](boost::system::error_code) {
        hub_->tick();
        on_turn_end();
        wait_for_tick();
    });
}

}  // namespace fanwire
