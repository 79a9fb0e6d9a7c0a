#pragma once

#include <fanwire/log.hpp>

#include "bus/redis/link_fsm.hpp"
#include "bus/redis/redis_link.hpp"
#include "bus/redis/redis_settings.hpp"
#include "bus/redis/redis_stream.hpp"
#include "bus/redis/resp_reader.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace fanwire {

/// A link to Redis over Asio: does what `link_fsm` says, and decides nothing. One read and one write are in
/// flight; what is sent meanwhile goes out together.
///
/// Flow: connect → greet → serve, and again after whatever broke it.
/// Thread safety: all calls on the thread of the `io_context`.
class asio_redis_link final : public redis_link, public std::enable_shared_from_this<asio_redis_link> {
public:
    using log_line = std::function<void(log_level, std::string_view)>;
    /// Called once a batch of replies has been told.
    using after_batch = std::function<void()>;

    asio_redis_link(boost::asio::io_context& context, redis_stream_factory make_stream,
                    const redis_settings& settings, std::string_view role, redis_link_handler& handler,
                    log_line log, after_batch after);

    void start();
    /// Sends what is left and `goodbye` (commands, the last of them `QUIT`), and ends when Redis has closed,
    /// or a moment later. `done` is called once.
    void stop(std::string_view goodbye, std::function<void()> done);

    void send(std::string_view commands) override;
    void restart(std::string_view why) override;

private:
    /// Guards against what an earlier connection's operations still bring.
    [[nodiscard]] bool is_current(const std::shared_ptr<redis_stream>& of) const noexcept {
        return of == stream_;
    }

    void advance(std::error_code result);
    void connect(duration timeout);
    void greet(duration timeout);
    void serve();
    void set_deadline(duration timeout);
    void end_connection(std::error_code why);
    void read();
    void on_read(std::error_code failed, std::size_t bytes);
    [[nodiscard]] std::error_code take_replies();
    [[nodiscard]] std::error_code on_reply(resp_view reply);
    void write();
    void log_failure(std::error_code why);

    boost::asio::io_context& context_;
    redis_stream_factory make_stream_;
    const redis_settings& settings_;
    const std::string role_;
    redis_link_handler& handler_;
    log_line log_;
    after_batch after_;
    link_fsm fsm_;
    link_step step_ = link_step::wait;
    boost::asio::steady_timer timer_;
    std::shared_ptr<redis_stream> stream_;
    std::unique_ptr<resp_reader> reader_;
    std::array<char, std::size_t{64} << 10> read_buffer_;
    std::size_t greeting_left_ = 0;
    std::string last_error_;
    std::string writing_;
    std::string unsent_;
    bool is_writing_ = false;
    std::function<void()> on_stopped_;
    bool is_told_ready_ = false;
    /// Why there is no connection, as it was logged last.
    std::string logged_failure_;
};

}  // namespace fanwire
