#pragma once

#include "options.hpp"
#include "ws_wire.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fanwire::bench {

/// Stream and number of a message: `00012 0000000123`. A stream is what one sender sends to one room; where a
/// room has one sender, both have the same number. It stands
/// at a fixed place, so that a message is checked by one comparison.
inline constexpr std::size_t token_bytes = 16;

using token = std::array<char, token_bytes>;

inline void write_decimal(char* to, std::size_t digits, std::uint64_t value) {
    for (std::size_t i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

inline std::uint64_t read_decimal(const char* from, std::size_t digits) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + static_cast<unsigned char>(from[i] - '0');
    return value;
}

inline token make_token(std::size_t stream, std::uint64_t number) {
    token t{};
    write_decimal(t.data(), 5, stream);
    t[5] = ' ';
    write_decimal(t.data() + 6, 10, number);
    return t;
}

/// The stream that a token names; any number if it is none.
inline std::size_t stream_of(const token& t) { return static_cast<std::size_t>(read_decimal(t.data(), 5)); }

inline std::string room_name(std::size_t room) {
    const token t = make_token(room, 0);
    return "bench:" + std::string(t.data(), 5);
}

/// How messages look on their way out and back. JSON: as the textbook server writes it, what comes back is
/// `{"type":"message","text":"<token><padding>","timestamp":<13 digits>}`. Raw: `<token><padding>` both ways.
class message_layout {
public:
    explicit message_layout(const options& o) : is_raw_(o.is_raw()), delivered_bytes_(o.payload_bytes) {
        const std::size_t frame = is_raw_ ? 0 : head.size() + middle.size() + timestamp_digits + 1;
        if (delivered_bytes_ < frame + token_bytes) {
            throw std::invalid_argument("--payload must be at least " + std::to_string(frame + token_bytes));
        }
        for (std::size_t i = frame + token_bytes; i < delivered_bytes_; ++i) {
            padding_.push_back(static_cast<char>('a' + i % 26));
        }
        token_at_ = is_raw_ ? 0 : head.size();
    }

    [[nodiscard]] std::size_t delivered_bytes() const { return delivered_bytes_; }
    [[nodiscard]] std::size_t token_at() const { return token_at_; }

    /// What a sender sends, with an empty token; `token_at_out` is where it goes.
    [[nodiscard]] std::string outgoing(std::size_t room, std::size_t& token_at_out) const {
        std::string text;
        if (!is_raw_) text = R"({"type":"message","roomId":")" + room_name(room) + R"(","text":")";
        token_at_out = text.size();
        text.append(token_bytes, ' ').append(padding_);
        if (!is_raw_) text += "\"}";
        return text;
    }

    /// Whether all but the token is as it should be.
    [[nodiscard]] bool is_well_formed(std::string_view delivered) const {
        if (is_raw_) return delivered.substr(token_bytes) == padding_;
        const std::string_view rest = delivered.substr(head.size() + token_bytes);
        const std::string_view end = rest.substr(padding_.size());
        if (!delivered.starts_with(head) || !rest.starts_with(padding_) || !end.starts_with(middle))
            return false;
        const std::string_view timestamp = end.substr(middle.size(), timestamp_digits);
        return timestamp.find_first_not_of("0123456789") == std::string_view::npos && end.back() == '}';
    }

private:
    static constexpr std::string_view head = R"({"type":"message","text":")";
    static constexpr std::string_view middle = R"(","timestamp":)";
    static constexpr std::size_t timestamp_digits = 13;

    bool is_raw_;
    std::size_t delivered_bytes_;
    std::size_t token_at_ = 0;
    std::string padding_;
};

/// A room's message as a masked frame, ready but for its token.
class outgoing_frame {
public:
    outgoing_frame(const message_layout& layout, std::size_t room, std::mt19937& random)
        : key_(random_mask_key(random)) {
        std::size_t token_in_payload = 0;
        const std::string payload = layout.outgoing(room, token_in_payload);
        token_at_ = append_frame(bytes_, opcode::text, payload, key_) + token_in_payload;
        token_phase_ = token_in_payload;
    }

    /// Appends the frame with this token.
    void append_to(std::string& out, const token& t) {
        std::memcpy(bytes_.data() + token_at_, t.data(), t.size());
        mask_bytes(bytes_.data() + token_at_, t.size(), key_, token_phase_);
        out += bytes_;
    }

private:
    mask_key key_;
    std::string bytes_;
    std::size_t token_at_;
    std::size_t token_phase_;
};

}  // namespace fanwire::bench
