#pragma once

#include <fanwire/hooks.hpp>

#include "hook_values.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fanwire::node {

/// Requests that JavaScript has been asked, and has not answered.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class asked {
public:
    /// JavaScript is being asked `calls` now; their ids count from `first`.
    void begin(std::vector<hook_call>& calls, std::uint64_t first) {
        now_ = &calls;
        first_ = first;
    }

    /// It has been asked: what is still unanswered waits.
    void end() {
        for (std::size_t i = 0; i < now_->size(); ++i) {
            if (auto& call = (*now_)[i]; awaits_answer(call)) waiting_.emplace(first_ + i, std::move(call));
        }
        now_ = nullptr;
    }

    /// The call of that id; null if it was answered or forgotten.
    [[nodiscard]] hook_call* find(std::uint64_t id) {
        if (now_ != nullptr && id >= first_ && id - first_ < now_->size()) return &(*now_)[id - first_];
        const auto found = waiting_.find(id);
        return found == waiting_.end() ? nullptr : &found->second;
    }

    /// The call of that id has been answered.
    void erase(std::uint64_t id) { waiting_.erase(id); }

    /// Forgets what was asked before `oldest`.
    void forget(std::uint64_t oldest) {
        std::erase_if(waiting_, [oldest](const auto& entry) { return entry.first < oldest; });
    }

    void clear() { waiting_.clear(); }

private:
    std::vector<hook_call>* now_ = nullptr;
    std::uint64_t first_ = 0;
    std::unordered_map<std::uint64_t, hook_call> waiting_;
};

}  // namespace fanwire::node
