#pragma once

#include <fanwire/hooks.hpp>
#include <fanwire/log.hpp>
#include <fanwire/message.hpp>

#include "fork_mark.hpp"
#include "wake_up.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace fanwire::python {

struct host_functions;

/// A request of a server for its host's hooks.
struct hook_item {
    std::shared_ptr<host_functions> functions;
    hook_call call;
    /// From when on nobody waits for the answer.
    std::chrono::steady_clock::time_point deadline;
};

/// How a publish or send ended, for the one who waits under this ticket.
struct completion {
    std::uint64_t ticket = 0;
    std::error_code error;
    std::variant<publish_result, send_result> result;
};

struct log_line {
    log_level level = log_level::info;
    std::string text;
};

using host_item = std::variant<hook_item, completion, log_line>;

/// All that waits for one event loop of the host, whatever server it comes from. A burst costs one wake-up.
///
/// Thread safety: May be called from any thread. Never touches Python.
class host_queue {
public:
    host_queue() = default;
    host_queue(const host_queue&) = delete;
    host_queue& operator=(const host_queue&) = delete;
    /// In a forked child the items are leaked: dropping requests would reach for the threads of the parent.
    ~host_queue();

    /// Readable while something waits.
    [[nodiscard]] int descriptor() const noexcept { return wake_up_.descriptor(); }

    void push(host_item&& item);
    void push(std::vector<host_item>&& items);

    /// Adds a log line. When nobody reads them for long, further ones are counted instead, and the next that
    /// fits says so.
    void log(log_level level, std::string_view text);

    /// Takes up to `most` items; while more are there the descriptor stays readable.
    [[nodiscard]] std::vector<host_item> take(std::size_t most);

    /// Puts back the items from `first` on, before all others.
    void put_back(std::vector<host_item>&& items, std::size_t first);

private:
    void raise_once();

    fork_mark born_;
    wake_up wake_up_;
    std::mutex mutex_;
    std::deque<host_item> items_;
    bool is_raised_ = false;
    std::size_t log_lines_ = 0;
    std::size_t lost_log_lines_ = 0;
};

}  // namespace fanwire::python
