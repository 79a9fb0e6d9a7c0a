#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fanwire {

/// A client within its shard. Given anew once the client has gone.
using member_id = std::uint32_t;

/// Members that get the same encoded bytes.
struct member_group {
    std::uint8_t kind = 0;
    std::vector<member_id> members;
};

/// A room or a pattern with its members, as `registry` keeps it.
class room {
public:
    room(std::string name, bool is_pattern) : name_(std::move(name)), is_pattern_(is_pattern) {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] bool is_pattern() const noexcept { return is_pattern_; }
    [[nodiscard]] const std::vector<member_group>& groups() const noexcept { return groups_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool has_members() const noexcept { return size_ != 0; }

    /// For the owner of the registry to find its own record of the room; `no_tag` at first.
    static constexpr std::uint32_t no_tag = 0xffffffff;
    std::uint32_t tag = no_tag;

private:
    friend class registry;

    std::string name_;
    bool is_pattern_;
    std::vector<member_group> groups_;
    std::size_t size_ = 0;
};

}  // namespace fanwire
