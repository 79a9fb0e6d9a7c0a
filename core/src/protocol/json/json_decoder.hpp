#pragma once

#include "base/frame.hpp"
#include "protocol/command.hpp"
#include "protocol/json/json_fields.hpp"
#include "protocol/limits.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace fanwire {

/// Requests of the native protocol (WIRE.md, 1), read. Takes no memory but for names with escapes and for
/// faults.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class json_decoder {
public:
    explicit json_decoder(const protocol_limits& limits) : limits_(limits) {}

    /// Reads one request. Views into the command hold as long as `payload`, and until the next call.
    [[nodiscard]] any_command decode(payload_kind kind, std::string_view payload);

private:
    struct room_reading;
    using words = std::initializer_list<std::string_view>;

    [[nodiscard]] any_command command_of(const json_fields& fields);
    [[nodiscard]] any_command into_or_out_of(const json_fields& fields, const request_echo& echo,
                                             bool is_join);
    [[nodiscard]] any_command publish_of(const json_fields& fields, const request_echo& echo);
    [[nodiscard]] request_echo echo_of(const json_fields& fields) const noexcept;
    [[nodiscard]] bool is_id(const json_value& value) const noexcept;

    [[nodiscard]] room_reading read_room(const json_fields& fields, json_field field);
    [[nodiscard]] room_reading read_name(const json_value& value);
    [[nodiscard]] bool read_key(const json_value& value, std::string_view& out);

    [[nodiscard]] command::invalid broken(const json_scanner& scanner);
    [[nodiscard]] command::invalid refuse(const request_echo& echo, errc code, words sentence);

    protocol_limits limits_;
    // What had to be unescaped, or a sentence; views point into it.
    std::string scratch_;
};

}  // namespace fanwire
