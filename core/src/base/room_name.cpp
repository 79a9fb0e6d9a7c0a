#include "base/room_name.hpp"

namespace fanwire {

bool is_room_name(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.empty() || text.size() > max_bytes) return false;
    bool is_segment_empty = true;
    for (const char c : text) {
        if (c == ':' && is_segment_empty) return false;
        is_segment_empty = c == ':';
    }
    return !is_segment_empty;
}

bool is_room_pattern(std::string_view text, std::size_t max_bytes) noexcept {
    if (!is_room_name(text, max_bytes)) return false;
    return !text.starts_with("**:") && text.find(":**:") == std::string_view::npos;
}

}  // namespace fanwire
