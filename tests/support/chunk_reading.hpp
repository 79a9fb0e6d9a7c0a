#pragma once

#include "base/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire::test {

/// A WebSocket message as a client sees it.
struct read_message {
    payload_kind kind;
    std::string payload;

    friend bool operator==(const read_message&, const read_message&) = default;
};

/// Cuts the first `count` bytes off `bytes`.
inline std::string_view take_bytes(std::string_view& bytes, std::size_t count) {
    if (bytes.size() < count) throw std::runtime_error("a frame is cut off");
    const std::string_view taken = bytes.substr(0, count);
    bytes.remove_prefix(count);
    return taken;
}

inline std::uint64_t take_number(std::string_view& bytes, std::size_t count) {
    std::uint64_t number = 0;
    for (const char c : take_bytes(bytes, count)) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

/// Reads a server's whole, unmasked data frames (RFC 6455, 5.2) by its own means.
/// Exceptions: `std::runtime_error` if `bytes` are anything else.
inline std::vector<read_message> read_messages(std::string_view bytes) {
    std::vector<read_message> messages;
    while (!bytes.empty()) {
        const std::uint64_t first = take_number(bytes, 1);
        if (first != 0x81 && first != 0x82) throw std::runtime_error("not the head of a whole data message");
        std::uint64_t length = take_number(bytes, 1);
        if (length > 127) throw std::runtime_error("a server does not mask");
        if (length == 126) {
            length = take_number(bytes, 2);
            if (length < 126) throw std::runtime_error("not the shortest form of the length");
        } else if (length == 127) {
            length = take_number(bytes, 8);
            if (length <= 0xffff) throw std::runtime_error("not the shortest form of the length");
        }
        messages.push_back({first == 0x81 ? payload_kind::text : payload_kind::binary,
                            std::string(take_bytes(bytes, static_cast<std::size_t>(length)))});
    }
    return messages;
}

}  // namespace fanwire::test
