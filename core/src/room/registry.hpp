#pragma once

#include "room/pattern_index.hpp"
#include "room/room.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fanwire {

/// Which members are in which rooms and patterns of one shard. Names are taken as valid.
///
/// A member's places are one small vector that is searched from end to end: with the default limit of 1,000
/// rooms a client that is well under a microsecond, and it keeps an idle client small.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class registry {
public:
    enum class join_result {
        /// It is the first member.
        first,
        joined,
        /// It was in already.
        already,
    };
    enum class leave_result {
        /// It was the last member, and the room is gone.
        last,
        left,
        /// It was not in.
        not_member,
    };

    /// Lets `member`, whose kind never changes, into a room or pattern.
    /// `is_marked` is the caller's own, kept with the membership.
    join_result join(member_id member, std::uint8_t kind, std::string_view name, bool is_pattern,
                     bool is_marked = false);

    leave_result leave(member_id member, std::string_view name, bool is_pattern);

    /// Takes `member` out of everything; tells `emptied` of each room or pattern that is gone thereby.
    void leave_all(member_id member, const std::function<void(const room&)>& emptied);

    /// The room or pattern of this name, if it has members.
    [[nodiscard]] room* find(std::string_view name, bool is_pattern) const;

    /// Appends the patterns that match a room's name to `out`.
    void match_patterns(std::string_view name, std::vector<room*>& out) const { patterns_.match(name, out); }
    [[nodiscard]] bool has_patterns() const noexcept { return !patterns_.is_empty(); }

    [[nodiscard]] bool is_member(member_id member, const room& in) const noexcept;
    /// Tells `visit` of each room and pattern that `member` is in, and whether its membership is marked.
    void for_each_room(member_id member, const std::function<void(room&, bool is_marked)>& visit) const;
    /// How many rooms and patterns `member` is in.
    [[nodiscard]] std::size_t rooms_of(member_id member) const noexcept;
    [[nodiscard]] std::size_t room_count() const noexcept { return by_name_[0].size() + by_name_[1].size(); }
    [[nodiscard]] std::size_t member_count() const noexcept { return members_; }

private:
    struct place {
        room* in;
        std::uint32_t position;
        std::uint8_t group;
        bool is_marked;
    };
    struct name_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };
    using room_map = std::unordered_map<std::string, std::unique_ptr<room>, name_hash, std::equal_to<>>;

    [[nodiscard]] std::vector<place>& places_of(member_id member);
    void remove(const place& at);
    void drop_room(const room& emptied);

    room_map by_name_[2];
    pattern_index patterns_;
    std::vector<std::vector<place>> places_;
    std::size_t members_ = 0;
};

}  // namespace fanwire
