#include "bus/redis/redis_publisher.hpp"

#include "bus/redis/resp_writer.hpp"

#include <utility>

namespace fanwire {

void redis_publisher::publish(std::string_view channel, std::string_view payload, published done,
                              time_point now) {
    write_command(commands_, {"PUBLISH", channel, payload});
    pending_.push_back({std::move(done), now});
}

void redis_publisher::on_lost() {
    is_ready_ = false;
    commands_.clear();
    for (const pending& one : std::exchange(pending_, {})) {
        if (one.done) one.done(errc::uncertain);
    }
}

std::string_view redis_publisher::on_reply(resp_view reply) {
    if (pending_.empty()) return {};
    const pending answered = std::move(pending_.front());
    pending_.pop_front();
    if (answered.done)
        answered.done(reply.is_error() ? make_error_code(errc::unavailable) : std::error_code{});
    return reply.is_error() ? reply.text() : std::string_view{};
}

void redis_publisher::flush() {
    if (commands_.empty()) return;
    link_->send(commands_);
    commands_.clear();
}

bool redis_publisher::is_overdue(time_point now) const noexcept {
    return is_ready_ && !pending_.empty() && pending_.front().since + command_timeout_ < now;
}

}  // namespace fanwire
