#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fanwire {

/// Recognises the copies of messages that were delivered locally while Redis could not be reached, when they
/// come back from Redis after their replay: by room and bytes, as a count.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class replay_matcher {
public:
    void expect(std::string_view room, std::string_view payload);
    /// Whether this is a copy that was expected; then it is expected once less.
    [[nodiscard]] bool take(std::string_view room, std::string_view payload);
    void clear() noexcept { expected_.clear(); }
    [[nodiscard]] bool is_empty() const noexcept { return expected_.empty(); }

private:
    /// Room and payload in one text; the length of the room keeps them apart.
    [[nodiscard]] static std::string key_of(std::string_view room, std::string_view payload);

    std::unordered_map<std::string, std::size_t> expected_;
};

}  // namespace fanwire
