#pragma once

#include "base/time_source.hpp"

#include <chrono>

namespace fanwire::test {

/// A clock that stands still until a test moves it.
class manual_clock final : public time_source {
public:
    [[nodiscard]] moment now() const override { return now_; }
    [[nodiscard]] time_point steady() const noexcept { return now_.steady; }

    void advance(duration by) {
        now_.steady += by;
        now_.unix_ms += std::chrono::duration_cast<std::chrono::milliseconds>(by).count();
    }

private:
    moment now_{time_point{} + std::chrono::hours{1}, 1'000};
};

}  // namespace fanwire::test
