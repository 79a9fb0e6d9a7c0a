#pragma once

#include "base/frame.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace fanwire {

/// Keeps chunks whose bytes every socket has taken, so that a busy shard allocates none.
class chunk_pool {
public:
    [[nodiscard]] std::shared_ptr<chunk> take() {
        if (kept_.empty()) return std::make_shared<chunk>();
        auto taken = std::move(kept_.back());
        kept_.pop_back();
        return taken;
    }

    /// Keeps the chunk unless some send queue still holds it, or it grew far beyond the usual.
    void give_back(std::shared_ptr<chunk> used) {
        if (used.use_count() != 1 || used->size_bytes() > max_bytes || kept_.size() == max_kept) return;
        used->clear();
        kept_.push_back(std::move(used));
    }

private:
    static constexpr std::size_t max_bytes = std::size_t{256} << 10;
    static constexpr std::size_t max_kept = 64;

    std::vector<std::shared_ptr<chunk>> kept_;
};

}  // namespace fanwire
