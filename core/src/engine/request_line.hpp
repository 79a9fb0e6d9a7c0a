#pragma once

#include <fanwire/message.hpp>

#include "base/frame.hpp"
#include "engine/hook_gate.hpp"
#include "protocol/command.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

namespace fanwire {

/// A `request_echo` that outlives the bytes it came in.
struct kept_echo {
    std::string id;
    std::string room;
    bool is_pattern = false;

    kept_echo() = default;
    explicit kept_echo(const request_echo& echo)
        : id(echo.id),
          room(echo.room),
          is_pattern(echo.is_pattern) {}
    [[nodiscard]] request_echo view() const noexcept { return {id, room, is_pattern}; }
};

namespace waiting {

/// Came behind a request that waits; not decoded yet.
struct undecoded {
    payload_kind kind;
    std::string payload;
};

/// A message that is at the `on_message` hook.
struct at_hook {
    std::uint64_t serial;
    kept_echo echo;
    std::string room;
    message_fields fields;
    std::int64_t timestamp;
    std::optional<hook_answer<message_decision>> answer;
};

/// A join that is at the `on_join` hook. Nothing of its client stands before it.
struct at_join_hook {
    std::uint64_t serial;
    kept_echo echo;
    std::string room;
    bool is_pattern;
    bool has_since;
    std::optional<hook_answer<join_decision>> answer;
};

/// A join whose subscription the bus has not confirmed yet. Nothing of its client stands before it.
struct at_bus {
    std::uint64_t serial;
    kept_echo echo;
    std::string room;
    bool is_pattern;
    bool has_since;
};

}  // namespace waiting

using waiting_request =
    std::variant<waiting::undecoded, waiting::at_hook, waiting::at_join_hook, waiting::at_bus>;

/// A client's requests that cannot take effect yet, in their order.
using request_line = std::deque<waiting_request>;

}  // namespace fanwire
