#pragma once

#include "protocol/json/json_scanner.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fanwire {

/// The fields of a request that this server reads.
enum class json_field : std::uint8_t { type, room, pattern, id, key, user, text, data, since };
inline constexpr std::size_t json_field_count = 9;

/// A request's fields as they stand in its text. Of a field that stands there twice the last one counts, as
/// with JSON.parse; fields that nobody reads are passed over.
class json_fields {
public:
    /// Takes the members that `scanner` gives.
    /// Returns false if the text is not valid; `scanner` knows why.
    [[nodiscard]] bool read(json_scanner& scanner) noexcept;

    [[nodiscard]] bool has(json_field field) const noexcept { return !(*this)[field].text.empty(); }
    /// The field's value; its text is empty where the field is absent.
    [[nodiscard]] const json_value& operator[](json_field field) const noexcept {
        return values_[static_cast<std::size_t>(field)];
    }

private:
    std::array<json_value, json_field_count> values_{};
};

}  // namespace fanwire
