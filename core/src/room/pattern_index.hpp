#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

class room;

/// Finds the patterns that match a room name, by a trie of segments: `*` stands for one segment, a final `**`
/// for one or more. Work is bounded by the patterns that share the name's beginning.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class pattern_index {
public:
    /// Adds a valid pattern, once.
    void insert(std::string_view pattern, room& target);

    /// Removes a pattern that was added.
    void erase(std::string_view pattern);

    /// Appends the targets of all patterns that match `name` to `out`, each once.
    void match(std::string_view name, std::vector<room*>& out) const;

    [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }

private:
    struct node {
        std::map<std::string, std::unique_ptr<node>, std::less<>> children;
        room* target = nullptr;

        [[nodiscard]] bool is_bare() const noexcept { return children.empty() && target == nullptr; }
    };

    static void match_from(const node& at, std::string_view rest, std::vector<room*>& out);
    static bool erase_from(node& at, std::string_view rest);

    node root_;
    std::size_t size_ = 0;
};

}  // namespace fanwire
