#pragma once

#include <cstddef>
#include <string_view>

namespace fanwire {

/// Whether `text`, which is UTF-8, names a room: at most `max_bytes` long, non-empty segments separated by
/// `:`. Whatever else stands in a segment is part of the name, stars too.
[[nodiscard]] bool is_room_name(std::string_view text, std::size_t max_bytes) noexcept;

/// Whether `text`, which is UTF-8, is a room pattern: built as a room name, where the segment `*` stands for
/// any one segment and a final `**` for one or more. All other segments stand for themselves, and a pattern
/// need not have wildcards. A `**` that is not the last segment is refused, for it would match nothing that
/// its author means.
[[nodiscard]] bool is_room_pattern(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace fanwire
