#include "bus/redis/asio_redis_link.hpp"

#include "base/time.hpp"
#include "bus/redis/resp_writer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <random>
#include <utility>

namespace fanwire {

namespace {

using boost::system::error_code;

// Far above any message that is let through, so that one foreign giant costs itself and not the link.
constexpr std::size_t reply_slack_bytes = std::size_t{64} << 20;

constexpr duration goodbye_timeout = std::chrono::milliseconds{500};

double random_share() {
    static thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace

asio_redis_link::asio_redis_link(boost::asio::io_context& context, redis_stream_factory make_stream,
                                 const redis_settings& settings, std::string_view role,
                                 redis_link_handler& handler, log_line log, after_batch after)
    : context_(context),
      make_stream_(std::move(make_stream)),
      settings_(settings),
      role_(role),
      handler_(handler),
      log_(std::move(log)),
      after_(std::move(after)),
      fsm_(settings, role, random_share),
      timer_(context) {}

void asio_redis_link::start() { advance({}); }

void asio_redis_link::advance(std::error_code result) {
    const link_action next = fsm_.resume(result, clock::now());
    step_ = next.step;
    switch (next.step) {
        case link_step::wait:
            timer_.expires_after(next.timeout);
            timer_.async_wait([self = shared_from_this()](error_code cancelled) {
                if (!cancelled && self->step_ == link_step::wait) self->advance({});
            });
            return;
        case link_step::connect:
            return connect(next.timeout);
        case link_step::greet:
            return greet(next.timeout);
        case link_step::serve:
            return serve();
    }
}

void asio_redis_link::connect(duration timeout) {
    stream_ = make_stream_();
    set_deadline(timeout);
    stream_->connect([self = shared_from_this(), stream = stream_](error_code failed) {
        if (!self->is_current(stream)) return;
        if (failed) return self->end_connection(failed);
        self->advance({});
    });
}

void asio_redis_link::greet(duration timeout) {
    reader_ = std::make_unique<resp_reader>(settings_.max_message_bytes + reply_slack_bytes);
    last_error_.clear();
    set_deadline(timeout);
    unsent_ = fsm_.greeting();
    greeting_left_ = fsm_.greeting_replies();
    write();
    read();
}

void asio_redis_link::serve() {
    timer_.cancel();
    is_told_ready_ = true;
    logged_failure_.clear();
    log_(log_level::info, "connected to " + redacted_url(settings_.target) + " for " + role_);
    handler_.on_link_ready();
}

/// Ends the present connection if its step takes longer.
void asio_redis_link::set_deadline(duration timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([self = shared_from_this(), stream = stream_](error_code cancelled) {
        const bool is_over = !cancelled && self->is_current(stream) && self->step_ != link_step::serve;
        if (is_over) self->end_connection(std::make_error_code(std::errc::timed_out));
    });
}

void asio_redis_link::end_connection(std::error_code why) {
    if (stream_ != nullptr) stream_->close();
    stream_.reset();
    unsent_.clear();
    is_writing_ = false;
    const bool was_ready = std::exchange(is_told_ready_, false);
    if (on_stopped_) {
        timer_.cancel();
        step_ = link_step::wait;
        return std::exchange(on_stopped_, nullptr)();
    }
    log_failure(why);
    if (was_ready) handler_.on_link_lost();
    advance(why);
    after_();
}

void asio_redis_link::log_failure(std::error_code why) {
    std::string reason = last_error_.empty() ? why.message() : std::exchange(last_error_, {});
    // Attempts that fail for the same reason say nothing new.
    if (reason == logged_failure_) return;
    logged_failure_ = reason;
    log_(log_level::warning, "no connection to " + redacted_url(settings_.target) + " for " + role_ + ": " +
                                 reason + "; trying again");
}

void asio_redis_link::read() {
    stream_->read_some(read_buffer_,
                       [self = shared_from_this(), stream = stream_](error_code failed, std::size_t bytes) {
                           if (self->is_current(stream)) self->on_read(failed, bytes);
                       });
}

void asio_redis_link::on_read(std::error_code failed, std::size_t bytes) {
    if (failed) return end_connection(failed);
    reader_->feed({read_buffer_.data(), bytes});
    const auto stream = stream_;
    if (const std::error_code broken = take_replies()) return end_connection(broken);
    if (is_current(stream)) read();
    after_();
}

std::error_code asio_redis_link::take_replies() {
    const auto stream = stream_;
    resp_reply reply;
    for (;;) {
        if (const std::error_code broken = reader_->next(reply)) return broken;
        if (!reply) return {};
        if (const std::error_code refused = on_reply(reply.view())) return refused;
        if (!is_current(stream)) return {};
    }
}

std::error_code asio_redis_link::on_reply(resp_view reply) {
    if (step_ == link_step::serve) {
        handler_.on_link_reply(reply);
        return {};
    }
    if (reply.is_error()) {
        last_error_ = "Redis says: " + std::string(reply.text());
        return std::make_error_code(std::errc::permission_denied);
    }
    if (--greeting_left_ == 0) advance({});
    return {};
}

void asio_redis_link::send(std::string_view commands) {
    if (step_ != link_step::serve || stream_ == nullptr) return;
    unsent_ += commands;
    write();
}

void asio_redis_link::write() {
    if (is_writing_ || unsent_.empty() || stream_ == nullptr) return;
    is_writing_ = true;
    auto bytes = std::make_shared<std::string>(std::exchange(unsent_, {}));
    stream_->write(*bytes,
                   [self = shared_from_this(), stream = stream_, bytes](error_code failed, std::size_t) {
                       if (!self->is_current(stream)) return;
                       self->is_writing_ = false;
                       if (failed) return self->end_connection(failed);
                       self->write();
                   });
}

void asio_redis_link::restart(std::string_view why) {
    if (step_ != link_step::serve || stream_ == nullptr) return;
    last_error_ = why;
    // The handler may be calling: it is told in its own time.
    boost::asio::post(context_, [self = shared_from_this(), stream = stream_] {
        if (self->is_current(stream))
            self->end_connection(std::make_error_code(std::errc::connection_aborted));
    });
}

void asio_redis_link::stop(std::string_view goodbye, std::function<void()> done) {
    on_stopped_ = std::move(done);
    if (step_ != link_step::serve) return end_connection({});
    send(goodbye);
    timer_.expires_after(goodbye_timeout);
    timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        if (!cancelled && self->on_stopped_) self->end_connection({});
    });
}

}  // namespace fanwire
