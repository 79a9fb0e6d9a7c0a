#pragma once

#include "base/room_message.hpp"
#include "protocol/codec.hpp"
#include "protocol/event.hpp"

#include <string>

/// What the server says in the native protocol (WIRE.md, 1 and 3), written.
namespace fanwire {

/// Appends what a client of dialect `kind` is told.
/// Returns false, and appends nothing, if that dialect is not told it.
[[nodiscard]] bool encode_event(codec_kind kind, const any_event& told, std::string& out);

/// Appends what a member that speaks dialect `kind` gets of `message`.
void encode_room_message(codec_kind kind, const room_message& message, std::string& out);

}  // namespace fanwire
