#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fanwire {

/// How every message in plain form begins: the form in which messages travel on the bus (WIRE.md, 3).
inline constexpr std::string_view plain_form_head = "{\"type\":\"message\"";

/// Appends `{"type":"message","user":…,"text":…,"data":…,"timestamp":…}`, without the fields that are empty.
/// Preconditions: the fields are JSON values.
void write_plain_form(std::string& out, std::string_view user, std::string_view text, std::string_view data,
                      std::int64_t timestamp);

}  // namespace fanwire
