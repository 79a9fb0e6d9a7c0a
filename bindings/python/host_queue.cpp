#include "host_queue.hpp"

#include "hooks.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fanwire::python {
namespace {

constexpr std::size_t max_log_lines = 1'000;

}  // namespace

host_queue::~host_queue() {
    if (born_.is_crossed()) [[maybe_unused]]
        const auto* leaked = new std::deque<host_item>(std::move(items_));
}

void host_queue::push(host_item&& item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    raise_once();
}

void host_queue::push(std::vector<host_item>&& items) {
    if (items.empty()) return;
    const std::lock_guard lock(mutex_);
    std::move(items.begin(), items.end(), std::back_inserter(items_));
    raise_once();
}

void host_queue::log(log_level level, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (log_lines_ >= max_log_lines) {
        ++lost_log_lines_;
        return;
    }
    if (const std::size_t lost = std::exchange(lost_log_lines_, 0); lost > 0) {
        items_.emplace_back(
            log_line{log_level::warning, std::to_string(lost) + " log lines were lost: nobody took them"});
        ++log_lines_;
    }
    items_.emplace_back(log_line{level, std::string(text)});
    ++log_lines_;
    raise_once();
}

std::vector<host_item> host_queue::take(std::size_t most) {
    std::vector<host_item> taken;
    const std::lock_guard lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, items_.size()));
    taken.reserve(static_cast<std::size_t>(count));
    std::move(items_.begin(), items_.begin() + count, std::back_inserter(taken));
    items_.erase(items_.begin(), items_.begin() + count);
    for (const host_item& item : taken) {
        if (std::holds_alternative<log_line>(item)) --log_lines_;
    }
    if (items_.empty() && std::exchange(is_raised_, false)) wake_up_.clear();
    return taken;
}

void host_queue::put_back(std::vector<host_item>&& items, std::size_t first) {
    if (first >= items.size()) return;
    const std::lock_guard lock(mutex_);
    for (std::size_t at = items.size(); at > first; --at) {
        if (std::holds_alternative<log_line>(items[at - 1])) ++log_lines_;
        items_.push_front(std::move(items[at - 1]));
    }
    raise_once();
}

void host_queue::raise_once() {
    if (!std::exchange(is_raised_, true)) wake_up_.raise();
}

}  // namespace fanwire::python
