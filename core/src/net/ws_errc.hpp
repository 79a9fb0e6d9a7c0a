#pragma once

#include <cstdint>
#include <system_error>

namespace fanwire {

/// What was wrong with the bytes of a WebSocket connection, one value per cause. `message()` of the error
/// code is a sentence of ours that fits a close frame.
enum class ws_errc : std::uint8_t {
    none = 0,
    reserved_bits,          ///< A reserved bit is set that no extension gave a meaning.
    unknown_opcode,         ///< Opcodes 3 to 7 and 11 to 15.
    fragmented_control,     ///< A ping, pong or close that is not final.
    long_control,           ///< A ping, pong or close of more than 125 bytes.
    nothing_to_continue,    ///< A continuation outside of a fragmented message.
    message_unfinished,     ///< A new message before the last fragment of the one before.
    unmasked,               ///< A frame of a client that is not masked.
    masked,                 ///< A frame of a server that is masked.
    length_not_minimal,     ///< A length that would have fitted a shorter form.
    length_top_bit,         ///< A 64-bit length with its top bit set.
    short_close,            ///< A close frame whose payload is one byte.
    bad_close_status,       ///< A close frame with a status code that must not travel.
    text_not_utf8,          ///< A text message that is not UTF-8.
    close_reason_not_utf8,  ///< A close reason that is not UTF-8.
    message_too_large,      ///< A message over the limit, by its announced length or its fragments' sum.
};

[[nodiscard]] const std::error_category& ws_category();

[[nodiscard]] std::error_code make_error_code(ws_errc error);

/// The status code to close a connection with after `error`: 1002, 1007 or 1009; 1011 if it is no `ws_errc`.
[[nodiscard]] std::uint16_t close_code_of(std::error_code error);

}  // namespace fanwire

template <>
struct std::is_error_code_enum<fanwire::ws_errc> : std::true_type {};
