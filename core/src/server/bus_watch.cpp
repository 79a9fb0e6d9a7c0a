#include "server/bus_watch.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace fanwire {

namespace {

std::int64_t unix_now() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
}

std::string_view sentence_of(bus_state state) {
    switch (state) {
        case bus_state::disconnected:
            return "Redis cannot be reached: messages are delivered locally and wait for it";
        case bus_state::replaying:
            return "Redis is back: the messages that waited go out";
        case bus_state::connected:
            return "rooms are shared through Redis";
    }
    return {};
}

}  // namespace

bus_watch::bus_watch(std::shared_ptr<instance_state> instance, const host& asked)
    : instance_(std::move(instance)),
      sink_(asked.has_on_bus_state ? asked.sink : nullptr),
      limit_(instance_->given.max_hook_requests),
      last_{bus_state::disconnected, unix_now(), 0} {}

void bus_watch::begin() {
    const std::lock_guard lock(mutex_);
    has_begun_ = true;
    tell();
}

void bus_watch::on_change(bus_state now) {
    instance_->log(now == bus_state::disconnected ? log_level::warning : log_level::info, sentence_of(now));
    const std::lock_guard lock(mutex_);
    last_ = {now, unix_now(), instance_->bus->outbox_messages.value()};
    if (has_begun_) tell();
}

/// Under the lock, so that states are told in their order.
void bus_watch::tell() {
    if (sink_ == nullptr) return;
    auto place = limit_.admit();
    if (!place) return;
    hook_batch batch;
    batch.emplace_back(notice_call{last_, std::move(*place)});
    sink_->submit(std::move(batch));
}

}  // namespace fanwire
