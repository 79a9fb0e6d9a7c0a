#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fanwire {

/// Names one client for as long as its connection lives, on any instance. The client may be gone when the id
/// is used; no id is ever used for a second client.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
struct client_id {
    /// The instance that the client is connected to: a random number, chosen when its server starts.
    std::uint64_t instance = 0;
    /// The client within its instance.
    std::uint64_t local = 0;

    friend auto operator<=>(const client_id&, const client_id&) = default;
};

/// The id as text, for hosts, logs and other instances: two hexadecimal numbers joined by `-`.
[[nodiscard]] std::string to_string(const client_id& id);

/// Reads what `to_string` writes.
/// Errors: empty if `text` has another form.
[[nodiscard]] std::optional<client_id> parse_client_id(std::string_view text);

}  // namespace fanwire

template <>
struct std::hash<fanwire::client_id> {
    std::size_t operator()(const fanwire::client_id& id) const noexcept {
        return static_cast<std::size_t>(id.instance * 0x9e3779b97f4a7c15U ^ id.local);
    }
};
