#include "room/pattern_index.hpp"

#include "base/assert.hpp"

namespace fanwire {

namespace {

constexpr char separator = ':';
constexpr std::string_view one_segment = "*";
constexpr std::string_view the_rest = "**";

/// Cuts the first segment off `rest`; `is_last` tells whether nothing stands behind it.
std::string_view take_segment(std::string_view& rest, bool& is_last) {
    const std::size_t end = rest.find(separator);
    const std::string_view segment = rest.substr(0, end);
    is_last = end == std::string_view::npos;
    rest = is_last ? std::string_view{} : rest.substr(end + 1);
    return segment;
}

}  // namespace

void pattern_index::insert(std::string_view pattern, room& target) {
    node* at = &root_;
    for (bool is_last = false; !is_last;) {
        const std::string_view segment = take_segment(pattern, is_last);
        auto found = at->children.find(segment);
        if (found == at->children.end()) {
            found = at->children.emplace(std::string(segment), std::make_unique<node>()).first;
        }
        at = found->second.get();
    }
    FANWIRE_ASSERT(at->target == nullptr);
    at->target = &target;
    ++size_;
}

void pattern_index::erase(std::string_view pattern) {
    if (erase_from(root_, pattern)) --size_;
}

bool pattern_index::erase_from(node& at, std::string_view rest) {
    bool is_last = false;
    const auto found = at.children.find(take_segment(rest, is_last));
    if (found == at.children.end()) return false;
    node& child = *found->second;
    if (is_last) {
        if (child.target == nullptr) return false;
        child.target = nullptr;
    } else if (!erase_from(child, rest)) {
        return false;
    }
    if (child.is_bare()) at.children.erase(found);
    return true;
}

void pattern_index::match(std::string_view name, std::vector<room*>& out) const {
    if (size_ != 0) match_from(root_, name, out);
}

void pattern_index::match_from(const node& at, std::string_view rest, std::vector<room*>& out) {
    if (const auto found = at.children.find(the_rest); found != at.children.end() && found->second->target) {
        out.push_back(found->second->target);
    }
    bool is_last = false;
    const std::string_view segment = take_segment(rest, is_last);
    const auto follow = [&](const node& child) {
        if (!is_last) {
            match_from(child, rest, out);
        } else if (child.target != nullptr) {
            out.push_back(child.target);
        }
    };
    // A literal star in a room name is only a star: as a pattern's segment it is the wildcard, so it is
    // followed once.
    if (segment != one_segment && segment != the_rest) {
        if (const auto found = at.children.find(segment); found != at.children.end()) follow(*found->second);
    }
    if (const auto found = at.children.find(one_segment); found != at.children.end()) follow(*found->second);
}

}  // namespace fanwire
