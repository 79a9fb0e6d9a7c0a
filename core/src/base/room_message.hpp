#pragma once

#include "base/message_head.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace fanwire {

/// What is known of a payload's form.
enum class payload_form : std::uint8_t {
    /// `{"type":"message",…,"timestamp":…}` as this instance writes it.
    plain,
    /// Bytes from the bus or a host, which may be anything.
    foreign,
    /// Bytes from any protocol, with a head.
    enveloped,
};

/// A message on its way from the bus to members. Never changed once it is shared.
struct room_message {
    /// Empty: for everybody.
    std::string room;
    std::string payload;
    payload_form form = payload_form::foreign;
    /// When it came, for payloads that carry no timestamp of their own: milliseconds since 1970.
    std::int64_t timestamp = 0;
    /// Of an enveloped message; null for others.
    std::shared_ptr<const message_head> head{};
};

using shared_message = std::shared_ptr<const room_message>;

}  // namespace fanwire
