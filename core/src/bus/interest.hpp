#pragma once

#include "bus/bus.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fanwire {

/// A set of shards: bit n is shard n.
using shard_set = std::uint64_t;
inline constexpr std::size_t max_shards = 64;

/// Which shards want which rooms. A shard with any pattern is given every room's messages: it matches exactly
/// itself.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class interest {
public:
    void add(std::size_t shard, const subscription& wanted);
    void remove(std::size_t shard, const subscription& unwanted);

    /// The shards that a room's message goes to.
    [[nodiscard]] shard_set of(std::string_view room) const;

    /// Whether any shard wants this room itself.
    [[nodiscard]] bool has_room(std::string_view room) const { return rooms_.find(room) != rooms_.end(); }

private:
    struct name_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };

    std::unordered_map<std::string, shard_set, name_hash, std::equal_to<>> rooms_;
    /// Per shard, how many patterns it has.
    std::size_t patterns_[max_shards] = {};
    shard_set with_patterns_ = 0;
};

}  // namespace fanwire
