#pragma once

#include <cstddef>

namespace fanwire {

/// What a codec lets a client send. Set from `options`, where defaults and bounds stand.
struct protocol_limits {
    unsigned max_json_depth = 32;
    std::size_t max_room_name_bytes = 256;
    std::size_t max_id_bytes = 64;
};

}  // namespace fanwire
