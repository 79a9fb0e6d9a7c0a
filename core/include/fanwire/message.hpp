#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fanwire {

/// The fields of a message that a host or a client publishes natively. Each is JSON text, kept byte for byte;
/// an absent field stays absent.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
struct message_fields {
    /// Who says it: any JSON value.
    std::optional<std::string> user;
    /// What is said: any JSON value.
    std::optional<std::string> text;
    /// Anything else: any JSON value.
    std::optional<std::string> data;
};

/// How a publish went when it went well.
struct publish_result {
    /// Only this instance has the message so far: the bus cannot be reached.
    bool local = false;
    /// A hook swallowed the message.
    bool dropped = false;
};

/// How a message to one client went.
enum class send_result {
    /// It was given to the client's connection.
    delivered,
    /// The client has gone.
    client_gone,
};

}  // namespace fanwire
