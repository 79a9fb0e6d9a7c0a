#include "bus/interest.hpp"

namespace fanwire {

void interest::add(std::size_t shard, const subscription& wanted) {
    const shard_set bit = shard_set{1} << shard;
    if (wanted.is_pattern) {
        ++patterns_[shard];
        with_patterns_ |= bit;
    } else {
        rooms_[wanted.name] |= bit;
    }
}

void interest::remove(std::size_t shard, const subscription& unwanted) {
    const shard_set bit = shard_set{1} << shard;
    if (unwanted.is_pattern) {
        if (patterns_[shard] != 0 && --patterns_[shard] == 0) with_patterns_ &= ~bit;
        return;
    }
    const auto found = rooms_.find(unwanted.name);
    if (found == rooms_.end()) return;
    found->second &= ~bit;
    if (found->second == 0) rooms_.erase(found);
}

shard_set interest::of(std::string_view room) const {
    const auto found = rooms_.find(room);
    return with_patterns_ | (found == rooms_.end() ? 0 : found->second);
}

}  // namespace fanwire
