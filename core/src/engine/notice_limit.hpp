#pragma once

#include <fanwire/receipt.hpp>

#include "base/counter.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace fanwire {

/// Bounds how many notifications wait for the host: a host that takes none must not fill the memory.
///
/// Thread safety: `counted` from any thread, `admit` from one at a time.
class notice_limit {
public:
    struct counters {
        counter told;
        counter dropped;
    };

    explicit notice_limit(std::size_t most) : most_(most) {}

    /// A place for one more; none if too many wait.
    [[nodiscard]] std::optional<receipt> admit() {
        if (waiting_->load(std::memory_order_relaxed) >= most_) {
            counters_.dropped.add();
            return {};
        }
        counters_.told.add();
        return receipt(waiting_);
    }

    [[nodiscard]] const counters& counted() const noexcept { return counters_; }

private:
    std::size_t most_;
    std::shared_ptr<receipt::count> waiting_ = std::make_shared<receipt::count>(0);
    counters counters_;
};

}  // namespace fanwire
