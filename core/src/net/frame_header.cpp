#include "net/frame_header.hpp"

#include <algorithm>

namespace fanwire {
namespace {

constexpr unsigned fin_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned opcode_bits = 0x0F;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_bits = 0x7F;
constexpr unsigned length_in_2_bytes = 126;
constexpr unsigned length_in_8_bytes = 127;

bool is_known(unsigned code) { return code <= 2 || (code >= 8 && code <= 10); }

std::uint64_t read_big_endian(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (const std::byte byte : bytes) {
        value = (value << 8U) | std::to_integer<std::uint64_t>(byte);
    }
    return value;
}

ws_errc read_first_byte(unsigned byte, const header_rules& rules, frame_header& out) {
    if ((byte & reserved_bits) != 0) {
        return ws_errc::reserved_bits;
    }
    if (!is_known(byte & opcode_bits)) {
        return ws_errc::unknown_opcode;
    }
    out.code = static_cast<opcode>(byte & opcode_bits);
    out.is_final = (byte & fin_bit) != 0;
    if (is_control(out.code)) {
        return out.is_final ? ws_errc::none : ws_errc::fragmented_control;
    }
    if (out.code == opcode::continuation) {
        return rules.is_inside_message ? ws_errc::none : ws_errc::nothing_to_continue;
    }
    return rules.is_inside_message ? ws_errc::message_unfinished : ws_errc::none;
}

ws_errc read_second_byte(unsigned byte, const header_rules& rules, const frame_header& out) {
    const bool is_masked = (byte & mask_bit) != 0;
    if (is_masked != rules.expects_masked) {
        return is_masked ? ws_errc::masked : ws_errc::unmasked;
    }
    if (is_control(out.code) && (byte & length_bits) > max_control_bytes) {
        return ws_errc::long_control;
    }
    return ws_errc::none;
}

ws_errc check_long_length(std::uint64_t length, std::size_t form_bytes) {
    if ((length >> 63U) != 0) {
        return ws_errc::length_top_bit;
    }
    const std::uint64_t least = form_bytes == 2 ? length_in_2_bytes : 0x10000U;
    return length < least ? ws_errc::length_not_minimal : ws_errc::none;
}

std::size_t length_form_bytes(unsigned short_length) {
    if (short_length == length_in_2_bytes) {
        return 2;
    }
    return short_length == length_in_8_bytes ? 8 : 0;
}

}  // namespace

ws_errc read_frame_header(std::span<const std::byte> bytes, const header_rules& rules, frame_header& out) {
    out.header_bytes = 0;
    if (bytes.empty()) {
        return ws_errc::none;
    }
    ws_errc error = read_first_byte(std::to_integer<unsigned>(bytes[0]), rules, out);
    if (error != ws_errc::none || bytes.size() < 2) {
        return error;
    }
    const auto second = std::to_integer<unsigned>(bytes[1]);
    error = read_second_byte(second, rules, out);
    if (error != ws_errc::none) {
        return error;
    }

    out.payload_bytes = second & length_bits;
    const std::size_t form_bytes = length_form_bytes(second & length_bits);
    const std::size_t mask_at = 2 + form_bytes;
    if (bytes.size() < mask_at) {
        return ws_errc::none;
    }
    if (form_bytes != 0) {
        out.payload_bytes = read_big_endian(bytes.subspan(2, form_bytes));
        error = check_long_length(out.payload_bytes, form_bytes);
        if (error != ws_errc::none) {
            return error;
        }
    }
    if (!is_control(out.code) && out.payload_bytes > rules.room_bytes) {
        return ws_errc::message_too_large;
    }

    const std::size_t header_bytes = mask_at + (rules.expects_masked ? out.mask.size() : 0);
    if (bytes.size() < header_bytes) {
        return ws_errc::none;
    }
    if (rules.expects_masked) {
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(mask_at), out.mask.size(), out.mask.begin());
    }
    out.header_bytes = static_cast<std::uint8_t>(header_bytes);
    return ws_errc::none;
}

}  // namespace fanwire
