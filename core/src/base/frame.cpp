#include "base/frame.hpp"

namespace fanwire {

namespace {

constexpr unsigned char final_text = 0x81;
constexpr unsigned char final_binary = 0x82;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(value >> shift & 0xff));
}

}  // namespace

void chunk::append(payload_kind kind, std::string_view payload) {
    bytes_.push_back(static_cast<char>(kind == payload_kind::text ? final_text : final_binary));
    if (payload.size() < 126) {
        bytes_.push_back(static_cast<char>(payload.size()));
    } else if (payload.size() <= 0xffff) {
        bytes_.push_back(126);
        append_big_endian(bytes_, payload.size(), 2);
    } else {
        bytes_.push_back(127);
        append_big_endian(bytes_, payload.size(), 8);
    }
    bytes_.append(payload);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

void chunk::clear() noexcept {
    bytes_.clear();
    ends_.clear();
}

}  // namespace fanwire
