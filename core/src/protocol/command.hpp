#pragma once

#include <fanwire/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What clients ask for, in no protocol's words. Views hold as long as the bytes that were decoded, and are
/// the codec's own where it had to unescape: until its next `decode`.
namespace fanwire {

/// What a codec needs to word the answer to a request. Opaque to everybody else.
struct request_echo {
    /// The request's id as the protocol wrote it; empty if it had none.
    std::string_view id;
    /// The room as the protocol wrote it; empty if it named none.
    std::string_view room;
    /// `room` is a pattern.
    bool is_pattern = false;
};

namespace command {

/// Into a room, or a pattern.
struct join {
    request_echo echo;
    /// A valid room name, or pattern if `is_pattern`.
    std::string_view room;
    bool is_pattern = false;
    /// The client wants to be told where messages may be lost, though its dialect does not.
    bool has_since = false;
};

/// Out of a room, or a pattern.
struct leave {
    request_echo echo;
    std::string_view room;
    bool is_pattern = false;
};

/// To a room, or to everybody.
struct publish {
    request_echo echo;
    /// Empty: to everybody.
    std::string_view room;
    /// JSON text of each field; empty where absent.
    std::string_view user;
    std::string_view text;
    std::string_view data;
    /// Makes a repeated publish harmless; empty where absent.
    std::string_view key;
};

/// A sign of life that wants an answer.
struct ping {
    request_echo echo;
};

/// Something that cannot be carried out.
struct invalid {
    request_echo echo;
    errc code = errc::bad_request;
    /// A sentence for the client. Static, or the codec's until its next `decode`.
    std::string_view reason;
};

}  // namespace command

using any_command =
    std::variant<command::join, command::leave, command::publish, command::ping, command::invalid>;

}  // namespace fanwire
