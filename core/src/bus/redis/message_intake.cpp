#include "bus/redis/message_intake.hpp"

#include "base/assert.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace fanwire {

namespace {

constexpr duration log_interval = std::chrono::seconds{1};

}  // namespace

message_intake::message_intake(std::size_t max_message_bytes, const time_source& times, log_line log)
    : max_message_bytes_(max_message_bytes),
      clock_(times),
      log_(std::move(log)),
      skipped_(log_interval) {}

shared_message message_intake::take(std::string_view room, std::string_view payload) {
    if (payload.size() > max_message_bytes_) {
        skip(envelope_fault::too_large);
        return {};
    }
    auto message = std::make_shared<room_message>(
        room_message{std::string(room), std::string(payload), payload_form::foreign, clock_.now().unix_ms});
    const envelope_fault fault = open_envelope(*message);
    if (fault == envelope_fault::none) return message;
    skip(fault);
    return {};
}

void message_intake::skip(envelope_fault why) {
    std::string_view reason;
    switch (why) {
        case envelope_fault::none:
            FANWIRE_ASSERT(false);
            return;
        case envelope_fault::unknown_version:
            counters_.unknown_version.add();
            reason = "its envelope has a version that is not known";
            break;
        case envelope_fault::malformed:
            counters_.malformed.add();
            reason = "it begins as an envelope and is none";
            break;
        case envelope_fault::too_large:
            counters_.too_large.add();
            reason = "it is longer than `max_message_out_bytes`, or its head is too large";
            break;
    }
    const std::size_t times = skipped_.count(1, clock_.now().steady);
    if (times == 0) return;
    std::string line = "skipped a message from Redis: " + std::string(reason);
    if (times > 1) line += " (one of " + std::to_string(times) + " that were skipped)";
    log_(log_level::warning, line);
}

}  // namespace fanwire
