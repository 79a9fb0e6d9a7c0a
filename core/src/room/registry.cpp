#include "room/registry.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

/// The group of `kind`, made if it is the first of its kind.
std::uint8_t group_of(std::vector<member_group>& groups, std::uint8_t kind) {
    const auto found = std::ranges::find(groups, kind, &member_group::kind);
    const auto index = static_cast<std::uint8_t>(found - groups.begin());
    if (found == groups.end()) groups.push_back({kind, {}});
    return index;
}

}  // namespace

registry::join_result registry::join(member_id member, std::uint8_t kind, std::string_view name,
                                     bool is_pattern, bool is_marked) {
    std::vector<place>& places = places_of(member);
    room* in = find(name, is_pattern);
    const bool is_first = in == nullptr;
    if (is_first) {
        auto made = std::make_unique<room>(std::string(name), is_pattern);
        in = made.get();
        by_name_[is_pattern].emplace(std::string(name), std::move(made));
        if (is_pattern) patterns_.insert(name, *in);
    } else if (is_member(member, *in)) {
        return join_result::already;
    }
    const std::uint8_t group = group_of(in->groups_, kind);
    std::vector<member_id>& members = in->groups_[group].members;
    places.push_back({in, static_cast<std::uint32_t>(members.size()), group, is_marked});
    members.push_back(member);
    ++in->size_;
    ++members_;
    return is_first ? join_result::first : join_result::joined;
}

registry::leave_result registry::leave(member_id member, std::string_view name, bool is_pattern) {
    room* in = find(name, is_pattern);
    if (in == nullptr) return leave_result::not_member;
    std::vector<place>& places = places_of(member);
    const auto found = std::ranges::find(places, in, &place::in);
    if (found == places.end()) return leave_result::not_member;
    remove(*found);
    *found = places.back();
    places.pop_back();
    if (in->has_members()) return leave_result::left;
    drop_room(*in);
    return leave_result::last;
}

void registry::leave_all(member_id member, const std::function<void(const room&)>& emptied) {
    for (const place& at : std::exchange(places_of(member), {})) {
        remove(at);
        if (at.in->has_members()) continue;
        emptied(*at.in);
        drop_room(*at.in);
    }
}

room* registry::find(std::string_view name, bool is_pattern) const {
    const auto found = by_name_[is_pattern].find(name);
    return found == by_name_[is_pattern].end() ? nullptr : found->second.get();
}

bool registry::is_member(member_id member, const room& in) const noexcept {
    return member < places_.size() &&
           std::ranges::find(places_[member], &in, &place::in) != places_[member].end();
}

void registry::for_each_room(member_id member,
                             const std::function<void(room&, bool is_marked)>& visit) const {
    if (member >= places_.size()) return;
    for (const place& at : places_[member]) visit(*at.in, at.is_marked);
}

std::size_t registry::rooms_of(member_id member) const noexcept {
    return member < places_.size() ? places_[member].size() : 0;
}

std::vector<registry::place>& registry::places_of(member_id member) {
    if (member >= places_.size()) places_.resize(std::size_t{member} + 1);
    return places_[member];
}

/// Takes one member out of its room; the last one of the group moves into its position.
void registry::remove(const place& at) {
    std::vector<member_id>& members = at.in->groups_[at.group].members;
    const member_id moved = members.back();
    members[at.position] = moved;
    members.pop_back();
    --at.in->size_;
    --members_;
    if (at.position == members.size()) return;
    const auto found = std::ranges::find(places_[moved], at.in, &place::in);
    FANWIRE_ASSERT(found != places_[moved].end());
    found->position = at.position;
}

void registry::drop_room(const room& emptied) {
    if (emptied.is_pattern()) patterns_.erase(emptied.name());
    by_name_[emptied.is_pattern()].erase(by_name_[emptied.is_pattern()].find(emptied.name()));
}

}  // namespace fanwire
