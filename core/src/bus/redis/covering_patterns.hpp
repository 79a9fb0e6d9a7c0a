#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

/// Finds few Redis patterns that together take in all patterns which members have joined, and never overlap.
/// Redis walks all patterns at each `PUBLISH`, so there is never one a client: a cover is the literal
/// beginning that patterns share, and what it takes in too much is sorted out by exact matching on arrival.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class covering_patterns {
public:
    /// With more than `max_covers`, covers are shortened by whole segments until they are few enough.
    explicit covering_patterns(std::size_t max_covers) : max_covers_(max_covers) {}

    /// Adds and removes a room pattern; each as often as there are shards that want it.
    void add(std::string_view pattern);
    void remove(std::string_view pattern);

    /// The beginnings that the covers stand for, sorted; none is the beginning of another. Empty text takes
    /// in everything.
    [[nodiscard]] std::vector<std::string> prefixes() const;

    /// The part of a pattern before its first wildcard.
    [[nodiscard]] static std::string_view literal_prefix(std::string_view pattern) noexcept;
    /// The Redis pattern for all names that begin with `prefix`, with what is special to Redis escaped.
    [[nodiscard]] static std::string glob_of(std::string_view prefix);
    /// The prefix that `glob_of` made `glob` of.
    [[nodiscard]] static std::string prefix_of(std::string_view glob);

private:
    std::size_t max_covers_;
    std::map<std::string, std::size_t, std::less<>> prefixes_;
};

}  // namespace fanwire
