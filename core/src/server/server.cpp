#include <fanwire/option_table.hpp>
#include <fanwire/server.hpp>

#include "base/room_name.hpp"
#include "base/utf8.hpp"
#include "bus/envelope.hpp"
#include "protocol/json/json_scanner.hpp"
#include "protocol/plain_form.hpp"
#include "server/hook_thread.hpp"
#include "server/runtime.hpp"

#include <atomic>
#include <mutex>
#include <utility>

namespace fanwire {

namespace {

std::int64_t unix_now() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
}

bool is_field(const std::optional<std::string>& field) { return !field || is_json_value(*field); }

std::string_view view_of(const std::optional<std::string>& field) {
    return field ? std::string_view(*field) : std::string_view{};
}

/// Why bytes that a host publishes cannot be, being no envelope though they begin as one.
std::error_code refusal_of(envelope_fault fault) {
    switch (fault) {
        case envelope_fault::none:
            return {};
        case envelope_fault::too_large:
            return errc::too_large;
        case envelope_fault::malformed:
        case envelope_fault::unknown_version:
            return errc::bad_request;
    }
    return errc::internal;
}

}  // namespace

/// What outlives the runs of a server. A run is shared with whoever is calling into it.
class server::impl {
public:
    impl(options given, hooks functions, host asked)
        : options_(std::move(given)),
          hooks_(std::move(functions)),
          host_(std::move(asked)) {
        check_options(options_);
    }

    ~impl() { stop(std::chrono::milliseconds{0}); }

    void start() {
        const std::lock_guard lifecycle(lifecycle_mutex_);
        if (current() != nullptr) return;
        // A host has functions or a sink of its own, never both.
        auto started = std::make_shared<runtime>(
            options_, host_.sink ? host_ : hook_thread::host_of(hooks_, options_.log, options_.hook_timeout));
        started->start();
        const std::lock_guard lock(mutex_);
        runtime_ = std::move(started);
        is_running_ = true;
    }

    void stop(std::chrono::milliseconds drain) {
        is_running_ = false;
        // A stop that is under way ends at once if this one does not want to wait.
        if (const auto stopping = current(); stopping != nullptr && drain.count() == 0) stopping->hurry();
        const std::lock_guard lifecycle(lifecycle_mutex_);
        const auto stopping = current();
        if (stopping == nullptr) return;
        stopping->stop(drain);
        const std::lock_guard lock(mutex_);
        runtime_.reset();
    }

    [[nodiscard]] std::shared_ptr<runtime> current() const {
        const std::lock_guard lock(mutex_);
        return runtime_;
    }
    /// The run that takes publishes; null if there is none.
    [[nodiscard]] std::shared_ptr<runtime> running() const { return is_running_ ? current() : nullptr; }
    [[nodiscard]] const options& given() const noexcept { return options_; }

    /// Why a publish cannot be.
    [[nodiscard]] std::error_code refusal(std::string_view room, std::size_t payload_bytes) const {
        const bool is_name = is_utf8(room) && is_room_name(room, options_.max_room_name_bytes);
        if (!room.empty() && !is_name) return errc::bad_room;
        if (payload_bytes > options_.max_message_out_bytes) return errc::too_large;
        return {};
    }

    void publish(std::string_view room, std::string payload, payload_form form, publish_callback done) {
        std::error_code refused = refusal(room, payload.size());
        const auto run = running();
        if (!refused && run == nullptr) refused = errc::not_running;
        if (refused) {
            if (done) done(refused, {});
            return;
        }
        auto message = std::make_shared<room_message>(
            room_message{std::string(room), std::move(payload), form, unix_now()});
        if (const std::error_code unreadable = refusal_of(open_envelope(*message))) {
            if (done) done(unreadable, {});
            return;
        }
        run->publish(std::move(message), std::move(done));
    }

private:
    const options options_;
    const hooks hooks_;
    const host host_;
    std::mutex lifecycle_mutex_;
    mutable std::mutex mutex_;
    std::shared_ptr<runtime> runtime_;
    std::atomic<bool> is_running_{false};
};

server::server(options given, hooks functions)
    : impl_(std::make_unique<impl>(std::move(given), std::move(functions), host{})) {}

server::server(options given, host asked)
    : impl_(std::make_unique<impl>(std::move(given), hooks{}, std::move(asked))) {}

server::~server() = default;

void server::start() { impl_->start(); }

void server::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }

bool server::is_running() const { return impl_->running() != nullptr; }

std::uint16_t server::port() const {
    const auto run = impl_->current();
    return run == nullptr ? std::uint16_t{0} : run->port();
}

std::string server::url() const {
    const auto run = impl_->current();
    return run == nullptr ? std::string{} : run->url();
}

void server::publish(std::string_view room, const message_fields& fields, publish_callback done) {
    if (!is_field(fields.user) || !is_field(fields.text) || !is_field(fields.data)) {
        if (done) done(errc::bad_request, {});
        return;
    }
    std::string payload;
    write_plain_form(payload, view_of(fields.user), view_of(fields.text), view_of(fields.data), unix_now());
    impl_->publish(room, std::move(payload), payload_form::plain, std::move(done));
}

void server::publish_raw(std::string_view room, std::string_view payload, publish_callback done) {
    impl_->publish(room, std::string(payload), payload_form::foreign, std::move(done));
}

void server::send(const client_id& client, std::string_view data, send_callback done) {
    std::error_code refused;
    const auto run = impl_->running();
    if (data.size() > impl_->given().max_message_out_bytes) refused = errc::too_large;
    if (!is_json_value(data)) refused = errc::bad_request;
    if (!refused && run == nullptr) refused = errc::not_running;
    if (!refused) return run->send(client, std::string(data), std::move(done));
    if (done) done(refused, send_result::client_gone);
}

fanwire::stats server::stats() const {
    const auto run = impl_->current();
    return run == nullptr ? fanwire::stats{} : run->stats();
}

}  // namespace fanwire
