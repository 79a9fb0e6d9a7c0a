#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fanwire {

/// An encoded control frame of a server (RFC 6455, 5.5), ready for a socket. Data frames are `chunk`'s.
class control_frame {
public:
    [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }

private:
    friend control_frame close_frame(std::uint16_t code, std::string_view reason);
    friend control_frame ping_frame(std::string_view payload);
    friend control_frame pong_frame(std::string_view payload);

    explicit control_frame(std::uint8_t code) noexcept;
    void append(std::string_view payload) noexcept;

    std::array<char, 127> bytes_;
    std::uint8_t size_ = 2;
};

/// A close frame. `reason` is cut to 123 bytes between two characters, and left out if it is not UTF-8. A
/// `code` that must not travel, such as 1005, gives a close frame without one.
[[nodiscard]] control_frame close_frame(std::uint16_t code, std::string_view reason);

/// A ping that carries `payload`, cut to 125 bytes.
[[nodiscard]] control_frame ping_frame(std::string_view payload);

/// The answer to a ping that carried `payload`.
[[nodiscard]] control_frame pong_frame(std::string_view payload);

}  // namespace fanwire
