#include "net/frame_writer.hpp"

#include <fanwire/close_code.hpp>

#include "base/utf8.hpp"
#include "net/frame_header.hpp"

#include <algorithm>

namespace fanwire {

namespace {

constexpr unsigned final_frame = 0x80;
constexpr std::size_t max_reason_bytes = max_control_bytes - 2;

}  // namespace

control_frame::control_frame(std::uint8_t code) noexcept {
    bytes_[0] = static_cast<char>(final_frame | code);
    bytes_[1] = 0;
}

void control_frame::append(std::string_view payload) noexcept {
    const std::size_t count = std::min(payload.size(), bytes_.size() - size_);
    std::copy_n(payload.begin(), count, bytes_.begin() + size_);
    size_ = static_cast<std::uint8_t>(size_ + count);
    bytes_[1] = static_cast<char>(size_ - 2);
}

control_frame close_frame(std::uint16_t code, std::string_view reason) {
    control_frame frame(static_cast<std::uint8_t>(opcode::close));
    if (!is_sendable(code)) return frame;
    const std::array<char, 2> status{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    frame.append({status.data(), status.size()});
    if (is_utf8(reason)) frame.append(reason.substr(0, utf8_prefix_bytes(reason, max_reason_bytes)));
    return frame;
}

control_frame ping_frame(std::string_view payload) {
    control_frame frame(static_cast<std::uint8_t>(opcode::ping));
    frame.append(payload);
    return frame;
}

control_frame pong_frame(std::string_view payload) {
    control_frame frame(static_cast<std::uint8_t>(opcode::pong));
    frame.append(payload);
    return frame;
}

}  // namespace fanwire
