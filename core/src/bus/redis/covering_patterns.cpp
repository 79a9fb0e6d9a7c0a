#include "bus/redis/covering_patterns.hpp"

#include <algorithm>

namespace fanwire {

namespace {

constexpr char separator = ':';

/// Drops each text that begins with another. `sorted` is sorted, so the other stands before it.
void keep_shortest(std::vector<std::string>& sorted) {
    std::size_t kept = 0;
    for (std::size_t at = 0; at < sorted.size(); ++at) {
        if (kept != 0 && sorted[at].starts_with(sorted[kept - 1])) continue;
        if (kept != at) sorted[kept] = std::move(sorted[at]);
        ++kept;
    }
    sorted.resize(kept);
}

std::size_t depth_of(std::string_view prefix) {
    return static_cast<std::size_t>(std::ranges::count(prefix, separator)) +
           (prefix.empty() || prefix.ends_with(separator) ? 0 : 1);
}

/// Cuts the last segment off: `a:b:` becomes `a:`, and `a:` becomes empty.
void cut_segment(std::string& prefix) {
    if (prefix.ends_with(separator)) prefix.pop_back();
    const std::size_t before = prefix.rfind(separator);
    prefix.resize(before == std::string::npos ? 0 : before + 1);
}

}  // namespace

void covering_patterns::add(std::string_view pattern) {
    const std::string_view prefix = literal_prefix(pattern);
    const auto found = prefixes_.find(prefix);
    if (found == prefixes_.end()) {
        prefixes_.emplace(std::string(prefix), 1);
    } else {
        ++found->second;
    }
}

void covering_patterns::remove(std::string_view pattern) {
    const auto found = prefixes_.find(literal_prefix(pattern));
    if (found != prefixes_.end() && --found->second == 0) prefixes_.erase(found);
}

std::vector<std::string> covering_patterns::prefixes() const {
    std::vector<std::string> covers;
    covers.reserve(prefixes_.size());
    for (const auto& [prefix, count] : prefixes_) covers.push_back(prefix);
    keep_shortest(covers);
    while (covers.size() > max_covers_) {
        std::size_t deepest = 0;
        for (const std::string& cover : covers) deepest = std::max(deepest, depth_of(cover));
        for (std::string& cover : covers) {
            if (depth_of(cover) == deepest) cut_segment(cover);
        }
        std::ranges::sort(covers);
        keep_shortest(covers);
    }
    return covers;
}

std::string_view covering_patterns::literal_prefix(std::string_view pattern) noexcept {
    for (std::size_t from = 0; from < pattern.size();) {
        const std::size_t end = std::min(pattern.find(separator, from), pattern.size());
        const std::string_view segment = pattern.substr(from, end - from);
        if (segment == "*" || segment == "**") return pattern.substr(0, from);
        from = end + 1;
    }
    return pattern;
}

std::string covering_patterns::glob_of(std::string_view prefix) {
    std::string glob;
    for (const char one : prefix) {
        if (one == '*' || one == '?' || one == '[' || one == ']' || one == '\\' || one == '^') glob += '\\';
        glob += one;
    }
    glob += '*';
    return glob;
}

std::string covering_patterns::prefix_of(std::string_view glob) {
    std::string prefix;
    for (std::size_t at = 0; at + 1 < glob.size(); ++at) {
        if (glob[at] == '\\') ++at;
        prefix += glob[at];
    }
    return prefix;
}

}  // namespace fanwire
