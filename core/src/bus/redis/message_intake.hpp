#pragma once

#include <fanwire/log.hpp>

#include "base/counter.hpp"
#include "base/log_limiter.hpp"
#include "base/room_message.hpp"
#include "base/time_source.hpp"
#include "bus/envelope.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace fanwire {

/// Makes messages of what Redis brings. What cannot be read is skipped, counted, and logged at a bounded
/// rate.
///
/// Thread safety: all calls on the bus's thread, but for `counted`.
class message_intake {
public:
    using log_line = std::function<void(log_level, std::string_view)>;
    struct counters {
        /// Longer than messages may be, or with a larger head.
        counter too_large;
        counter malformed;
        counter unknown_version;
    };

    message_intake(std::size_t max_message_bytes, const time_source& times, log_line log);

    /// The message of a room (empty: for everybody); null if it is skipped.
    [[nodiscard]] shared_message take(std::string_view room, std::string_view payload);

    [[nodiscard]] const counters& counted() const noexcept { return counters_; }

private:
    void skip(envelope_fault why);

    std::size_t max_message_bytes_;
    const time_source& clock_;
    log_line log_;
    log_limiter skipped_;
    counters counters_;
};

}  // namespace fanwire
