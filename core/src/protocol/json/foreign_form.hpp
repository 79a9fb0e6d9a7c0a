#pragma once

#include "base/room_message.hpp"
#include "protocol/codec.hpp"

#include <string>

namespace fanwire {

/// Appends what members that speak dialect `kind` get of a payload that may be anything (WIRE.md, 3). A JSON
/// object goes to classic clients byte for byte. v1 clients get it with its `type` first and the `roomId` of
/// the channel that it came by, whatever it says itself; under `data` if its `type` is one that only this
/// server says, or no string. Other JSON, text, and bytes in base64 go under `data` for both. JSON nested
/// deeper than `max_scan_depth` is text.
///
/// Of an enveloped message, classic clients get an object as v1 clients do, but for the room. The identity in
/// its head replaces whatever `user` the payload says.
void write_foreign(codec_kind kind, const room_message& message, std::string& out);

}  // namespace fanwire
