#pragma once

#include "protocol/plain_form.hpp"

#include <cstdint>
#include <string_view>

/// The plain form of a message, as it travels on the bus and as classic clients get it (WIRE.md, 3).
namespace fanwire {

/// What a message in plain form says. Fields are JSON text, empty where absent.
struct plain_fields {
    std::string_view user;
    std::string_view text;
    std::string_view data;
    /// Milliseconds since 1970.
    std::int64_t timestamp = 0;
};

/// Reads what `write_plain_form` writes, whatever white space stands in it.
/// Returns false if `payload` is anything else: its first member must be `type`, which is `message`, one must
/// be a `timestamp` in plain digits, and there must be none but those of the form, each once.
[[nodiscard]] bool read_plain_form(std::string_view payload, plain_fields& out);

}  // namespace fanwire
