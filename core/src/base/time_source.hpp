#pragma once

#include "base/time.hpp"

namespace fanwire {

/// Tells the time of the present turn: the same for all that happens in it.
class time_source {
public:
    virtual ~time_source() = default;
    [[nodiscard]] virtual moment now() const = 0;
};

}  // namespace fanwire
