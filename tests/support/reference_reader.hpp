#pragma once

#include "net/frame_reader.hpp"
#include "support/reference_utf8.hpp"
#include "support/ws_reading.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace fanwire::test {

/// A frame reader for comparison: all bytes at once, one after the other, every copy made.
class reference_reader {
public:
    reference_reader(std::string_view wire, const frame_limits& limits) : wire_(wire), limits_(limits) {
        while (!is_over_ && read_frame()) {
        }
    }

    [[nodiscard]] const reading& result() const { return result_; }

private:
    bool more(std::size_t count) const { return wire_.size() - at_ >= count; }
    unsigned byte() { return static_cast<unsigned char>(wire_[at_++]); }

    bool fail(ws_errc error) {
        result_.push_back(line_of(error));
        is_over_ = true;
        return false;
    }

    bool read_frame() {
        if (!more(1)) return false;
        const unsigned first = byte();
        is_final_ = first >= 0x80;
        code_ = first & 15;
        if ((first & 0x70) != 0) return fail(ws_errc::reserved_bits);
        if ((code_ > 2 && code_ < 8) || code_ > 10) return fail(ws_errc::unknown_opcode);
        if (code_ >= 8 && !is_final_) return fail(ws_errc::fragmented_control);
        if (code_ == 0 && message_code_ == 0) return fail(ws_errc::nothing_to_continue);
        if ((code_ == 1 || code_ == 2) && message_code_ != 0) return fail(ws_errc::message_unfinished);
        return read_length();
    }

    bool read_length() {
        if (!more(1)) return false;
        const unsigned second = byte();
        const bool is_masked = second >= 0x80;
        if (is_masked && !limits_.expect_masked) return fail(ws_errc::masked);
        if (!is_masked && limits_.expect_masked) return fail(ws_errc::unmasked);
        std::uint64_t length = second & 127;
        if (code_ >= 8 && length > 125) return fail(ws_errc::long_control);
        if (length >= 126) {
            const std::size_t bytes = length == 126 ? 2 : 8;
            if (!more(bytes)) return false;
            length = 0;
            for (std::size_t i = 0; i < bytes; ++i) length = length * 256 + byte();
            if (length > INT64_MAX) return fail(ws_errc::length_top_bit);
            if (length < (bytes == 2 ? 126 : 65536)) return fail(ws_errc::length_not_minimal);
        }
        if (code_ < 8 && message_.size() + length > limits_.max_message_bytes)
            return fail(ws_errc::message_too_large);
        return read_payload(length);
    }

    bool read_payload(std::uint64_t length) {
        std::string key(4, '\0');
        if (limits_.expect_masked) {
            if (!more(4)) return false;
            key = wire_.substr(at_, 4);
            at_ += 4;
        }
        std::string payload(wire_.substr(at_, length));
        at_ += payload.size();
        for (std::size_t i = 0; i < payload.size(); ++i)
            payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
        const bool is_whole = payload.size() == length;
        if (code_ >= 8) return is_whole && end_control(payload);
        message_ += payload;
        if (code_ != 0) message_code_ = code_;
        if (message_code_ == 1 && !reference_may_become_utf8(message_)) return fail(ws_errc::text_not_utf8);
        return is_whole && (!is_final_ || end_message());
    }

    bool end_message() {
        if (message_code_ == 1 && !reference_is_utf8(message_)) return fail(ws_errc::text_not_utf8);
        result_.push_back((message_code_ == 1 ? "text " : "binary ") + message_);
        message_.clear();
        message_code_ = 0;
        return true;
    }

    bool end_control(const std::string& payload) {
        if (code_ != 8) {
            result_.push_back((code_ == 9 ? "ping " : "pong ") + payload);
            return true;
        }
        if (payload.size() == 1) return fail(ws_errc::short_close);
        unsigned status = 1005;
        if (!payload.empty()) {
            status = static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
            const bool is_good = (status >= 1000 && status <= 1014) || (status >= 3000 && status <= 4999);
            if (!is_good || (status >= 1004 && status <= 1006)) return fail(ws_errc::bad_close_status);
            if (!reference_is_utf8(payload.substr(2))) return fail(ws_errc::close_reason_not_utf8);
        }
        result_.push_back("close " + std::to_string(status) + " " +
                          (payload.empty() ? "" : payload.substr(2)));
        is_over_ = true;
        return false;
    }

    std::string_view wire_;
    frame_limits limits_;
    std::size_t at_ = 0;
    bool is_final_ = false;
    unsigned code_ = 0;
    unsigned message_code_ = 0;  // 0: not inside a message
    std::string message_;
    bool is_over_ = false;
    reading result_;
};

}  // namespace fanwire::test
