#pragma once

#include "base/time_source.hpp"

#include <chrono>
#include <optional>

namespace fanwire {

/// Reads the clocks once a turn, when somebody first asks.
class turn_clock final : public time_source {
public:
    [[nodiscard]] moment now() const override {
        if (!now_) {
            const auto wall = std::chrono::system_clock::now().time_since_epoch();
            now_ = moment{clock::now(), std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()};
        }
        return *now_;
    }
    /// The turn has ended.
    void reset() noexcept { now_.reset(); }

private:
    mutable std::optional<moment> now_;
};

}  // namespace fanwire
