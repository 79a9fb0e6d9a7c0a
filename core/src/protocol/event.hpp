#pragma once

#include <fanwire/error.hpp>

#include "protocol/command.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

/// What clients are told, in no protocol's words. Views hold for the call only.
namespace fanwire::event {

/// The client's request to join is done.
struct joined {
    request_echo echo;
    bool is_pattern = false;
    /// The bus cannot be reached: only this instance's members are heard.
    bool local = false;
    /// It was told before, as local, and is true everywhere now.
    bool is_again = false;
};

/// The client's request to leave is done.
struct left {
    request_echo echo;
    bool is_pattern = false;
};

/// The client's message was published, or swallowed.
struct ack {
    request_echo echo;
    bool local = false;
    bool dropped = false;
};

struct pong {
    request_echo echo;
};

/// The client's request failed.
struct error {
    request_echo echo;
    errc code = errc::internal;
    /// A sentence; empty for the code's own.
    std::string_view reason;
};

/// The host speaks to this client alone. `data` is JSON text.
struct direct {
    std::string_view data;
};

/// The first thing that a client is told.
struct welcome {
    std::string_view client;
    std::chrono::milliseconds heartbeat{};
    std::size_t max_message_bytes = 0;
    std::size_t max_rooms = 0;
};

/// Messages of a room may have been missed.
struct gap {
    std::string_view room;
    bool is_pattern = false;
    /// Since when, as milliseconds since 1970.
    std::int64_t at = 0;
    /// The client said when it joined that it wants to know, whatever it speaks.
    bool was_asked_for = false;
};

/// The instance is leaving: reconnect after a while.
struct moving {
    std::chrono::milliseconds retry_after{};
};

}  // namespace fanwire::event

namespace fanwire {

using any_event = std::variant<event::joined, event::left, event::ack, event::pong, event::error,
                               event::direct, event::welcome, event::gap, event::moving>;

}  // namespace fanwire
