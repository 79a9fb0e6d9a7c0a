#include "bus/redis/replay_matcher.hpp"

namespace fanwire {

void replay_matcher::expect(std::string_view room, std::string_view payload) {
    ++expected_[key_of(room, payload)];
}

bool replay_matcher::take(std::string_view room, std::string_view payload) {
    if (expected_.empty()) return false;
    const auto found = expected_.find(key_of(room, payload));
    if (found == expected_.end()) return false;
    if (--found->second == 0) expected_.erase(found);
    return true;
}

std::string replay_matcher::key_of(std::string_view room, std::string_view payload) {
    std::string key = std::to_string(room.size());
    key += ':';
    key += room;
    key += payload;
    return key;
}

}  // namespace fanwire
