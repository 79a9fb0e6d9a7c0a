#include "net/ws_errc.hpp"

#include <fanwire/close_code.hpp>

#include <string>

namespace fanwire {
namespace {

struct cause {
    close_code code;
    const char* sentence;
};

cause cause_of(ws_errc error) {
    switch (error) {
        case ws_errc::none:
            return {close_code::internal_error, "no error"};
        case ws_errc::reserved_bits:
            return {close_code::protocol_error, "reserved bit set without an extension"};
        case ws_errc::unknown_opcode:
            return {close_code::protocol_error, "unknown opcode"};
        case ws_errc::fragmented_control:
            return {close_code::protocol_error, "fragmented control frame"};
        case ws_errc::long_control:
            return {close_code::protocol_error, "control frame over 125 bytes"};
        case ws_errc::nothing_to_continue:
            return {close_code::protocol_error, "continuation without a message to continue"};
        case ws_errc::message_unfinished:
            return {close_code::protocol_error, "new message inside a fragmented message"};
        case ws_errc::unmasked:
            return {close_code::protocol_error, "unmasked frame"};
        case ws_errc::masked:
            return {close_code::protocol_error, "masked frame"};
        case ws_errc::length_not_minimal:
            return {close_code::protocol_error, "length not in its shortest form"};
        case ws_errc::length_top_bit:
            return {close_code::protocol_error, "top bit of a 64-bit length set"};
        case ws_errc::short_close:
            return {close_code::protocol_error, "close frame with half a status code"};
        case ws_errc::bad_close_status:
            return {close_code::protocol_error, "close frame with a forbidden status code"};
        case ws_errc::text_not_utf8:
            return {close_code::bad_payload, "text message is not UTF-8"};
        case ws_errc::close_reason_not_utf8:
            return {close_code::bad_payload, "close reason is not UTF-8"};
        case ws_errc::message_too_large:
            return {close_code::too_large, "message over the size limit"};
    }
    return {close_code::internal_error, "unknown WebSocket error"};
}

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "fanwire.websocket"; }

    [[nodiscard]] std::string message(int value) const override {
        return cause_of(static_cast<ws_errc>(value)).sentence;
    }
};

}  // namespace

const std::error_category& ws_category() {
    static const category instance;
    return instance;
}

std::error_code make_error_code(ws_errc error) { return {static_cast<int>(error), ws_category()}; }

std::uint16_t close_code_of(std::error_code error) {
    const bool is_ours = error.category() == ws_category();
    const close_code code =
        is_ours ? cause_of(static_cast<ws_errc>(error.value())).code : close_code::internal_error;
    return static_cast<std::uint16_t>(code);
}

}  // namespace fanwire
