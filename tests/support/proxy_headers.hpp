#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fanwire::test {

inline constexpr std::string_view proxy_v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};

/// A header of version 2.
inline std::string proxy_v2(unsigned command, unsigned kinds, std::string_view block) {
    std::string header(proxy_v2_signature);
    header += static_cast<char>(command);
    header += static_cast<char>(kinds);
    header += static_cast<char>(block.size() >> 8U);
    header += static_cast<char>(block.size() & 0xFFU);
    return header.append(block);
}

/// From 192.0.2.1, port 5000, to 192.0.2.2, port 443.
inline constexpr std::string_view proxy_v2_ipv4_block{"\xC0\x00\x02\x01\xC0\x00\x02\x02\x13\x88\x01\xBB", 12};

/// From 2001:db8::1, port 5000, to 2001:db8::2, port 443.
inline std::string proxy_v2_ipv6_block() {
    const std::string prefix("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0", 15);
    return prefix + "\x01" + prefix + "\x02" + std::string("\x13\x88\x01\xBB", 4);
}

}  // namespace fanwire::test
