#pragma once

#include "net/frame_reader.hpp"
#include "support/ws_frames.hpp"
#include "support/ws_reading.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace fanwire::test {

/// The bytes of a client from the end of the upgrade on, and what a reader makes of them.
struct conversation {
    std::string name;
    std::string wire;
    reading expected;
    frame_limits limits = {};
};

using conversations = std::vector<conversation>;

inline std::string join(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) all += part;
    return all;
}

inline conversations framing_conversations() {
    conversations all;
    for (const std::size_t bytes : {0U, 1U, 125U, 126U, 127U, 128U, 65'535U, 65'536U}) {
        const std::string size = std::to_string(bytes);
        const std::string text(bytes, '*');
        const std::string binary(bytes, '\xFE');
        all.push_back({"text of " + size, masked_text(text), {"text " + text}, {65'536}});
        all.push_back({"binary of " + size, masked_binary(binary), {"binary " + binary}, {65'536}});
    }
    return all;
}

inline conversations ping_conversations() {
    const std::string longest(125, '\xFE');
    std::string ten;
    reading ten_read;
    for (int i = 0; i < 10; ++i) {
        ten += masked_ping("payload-" + std::to_string(i));
        ten_read.push_back("ping payload-" + std::to_string(i));
    }
    return {
        {"empty ping", masked_ping(""), {"ping "}},
        {"ping with text", masked_ping("Hello, world!"), {"ping Hello, world!"}},
        {"ping with bytes", masked_ping("\xFF\xFE\xFD\xFC\xFB"), {"ping \xFF\xFE\xFD\xFC\xFB"}},
        {"longest ping", masked_ping(longest), {"ping " + longest}},
        {"too long ping", masked_ping(longest + "x"), {line_of(ws_errc::long_control)}},
        {"unsolicited empty pong", masked_pong(""), {"pong "}},
        {"unsolicited pong", masked_pong("unsolicited"), {"pong unsolicited"}},
        {"pong, then ping", masked_pong("a") + masked_ping("b"), {"pong a", "ping b"}},
        {"ten pings", ten, ten_read},
    };
}

inline conversations reserved_conversations() {
    conversations all;
    for (const opcode code : {opcode::text, opcode::binary, opcode::ping, opcode::close}) {
        for (unsigned bits = 1; bits <= 7; ++bits) {
            const std::string frame = encode({.code = code, .payload = "Hi", .reserved = bits});
            all.push_back(
                {"reserved bits " + std::to_string(bits) + " of " + std::to_string(static_cast<int>(code)),
                 masked_text("before") + frame + masked_ping("after"),
                 {"text before", line_of(ws_errc::reserved_bits)}});
        }
    }
    for (const int code : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        const std::string frame = encode({.code = static_cast<opcode>(code), .payload = "Hi"});
        all.push_back({"opcode " + std::to_string(code),
                       masked_text("before") + frame + masked_ping("after"),
                       {"text before", line_of(ws_errc::unknown_opcode)}});
    }
    return all;
}

inline conversations fragmentation_conversations() {
    const std::string split_ping = encode({.code = opcode::ping, .payload = "a", .is_final = false});
    const std::string split_pong = encode({.code = opcode::pong, .payload = "a", .is_final = false});
    const reading nothing{line_of(ws_errc::nothing_to_continue)};
    const std::string begin = masked_begin("one");
    const std::string end = masked_end("two");
    return {
        {"fragmented ping", split_ping + end, {line_of(ws_errc::fragmented_control)}},
        {"fragmented pong", split_pong + end, {line_of(ws_errc::fragmented_control)}},
        {"two fragments", begin + end, {"text onetwo"}},
        {"ping between fragments", begin + masked_ping("p") + end, {"ping p", "text onetwo"}},
        {"pong between fragments", begin + masked_pong("p") + end, {"pong p", "text onetwo"}},
        {"end without a beginning", end + masked_text("x"), nothing},
        {"middle without a beginning", masked_middle("x") + masked_text("x"), nothing},
        {"middle behind a message", begin + end + masked_middle("x"), {"text onetwo", nothing[0]}},
        {"text inside a message", begin + masked_text("x"), {line_of(ws_errc::message_unfinished)}},
        {"binary inside a message", begin + masked_binary("x"), {line_of(ws_errc::message_unfinished)}},
        {"second beginning", begin + masked_begin("x"), {line_of(ws_errc::message_unfinished)}},
        {"five fragments and two pings",
         join({masked_begin("1"), masked_middle("2"), masked_ping("a"), masked_middle("3"),
               masked_middle("4"), masked_ping("b"), masked_end("5")}),
         {"ping a", "ping b", "text 12345"}},
        {"binary in fragments",
         join({encode({.code = opcode::binary, .payload = "\xFF", .is_final = false}), masked_end("\xFE")}),
         {"binary \xFF\xFE"}},
        {"two fragmented messages",
         begin + end + begin + masked_middle("+") + end,
         {"text onetwo", "text one+two"}},
        {"empty fragments", masked_begin("") + masked_middle("") + masked_end(""), {"text "}},
        {"empty around full", masked_begin("") + masked_middle("full") + masked_end(""), {"text full"}},
        {"fragments over the limit", begin + end, {line_of(ws_errc::message_too_large)}, {5}},
        {"message over the limit",
         masked_text("12345") + masked_text("123456"),
         {"text 12345", line_of(ws_errc::message_too_large)},
         {5}},
    };
}

inline conversations utf8_conversations() {
    const std::string greek = "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5";
    const std::string bad = greek + "\xED\xA0\x80" + "edited";
    const reading refused{line_of(ws_errc::text_not_utf8)};
    std::string by_byte = masked_begin("");
    std::string bad_by_byte = by_byte;
    for (const char c : greek) by_byte += masked_middle({&c, 1});
    for (const char c : bad) bad_by_byte += masked_middle({&c, 1});
    return {
        {"text beyond ASCII", masked_text(greek), {"text " + greek}},
        {"cut between characters",
         masked_begin(greek.substr(0, 2)) + masked_end(greek.substr(2)),
         {"text " + greek}},
        {"cut inside a character",
         masked_begin(greek.substr(0, 3)) + masked_end(greek.substr(3)),
         {"text " + greek}},
        {"a fragment a byte", by_byte + masked_end(""), {"text " + greek}},
        {"surrogate", masked_text("ok") + masked_text(bad), {"text ok", refused[0]}},
        {"surrogate, a fragment a byte", bad_by_byte + masked_end(""), refused},
        {"bad in the second of three",
         masked_begin(greek) + masked_middle("\xF4\x90\x80\x80") + masked_end("x"), refused},
        {"character unfinished at the end", masked_begin(greek) + masked_end("\xF4\x8F\xBF"), refused},
        {"unfinished, then closed", masked_begin(greek + "\xF4") + masked_close(1000), {"close 1000 "}},
        {"bad binary is good", masked_binary(bad), {"binary " + bad}},
        {"long, bad near the end", masked_text(std::string(1000, 'x') + "\xC0" + std::string(20, 'y')),
         refused},
    };
}

inline conversations close_conversations() {
    const std::string longest(123, '*');
    conversations all{
        {"close behind a message", masked_text("Hi") + masked_close(1000), {"text Hi", "close 1000 "}},
        {"second close", masked_close(1000) + masked_close(1001), {"close 1000 "}},
        {"ping behind close", masked_close(1000) + masked_ping("x"), {"close 1000 "}},
        {"text behind close", masked_close(1000) + masked_text("x"), {"close 1000 "}},
        {"garbage behind close", masked_close(1000) + "\xFF\xFF\xFF", {"close 1000 "}},
        {"close inside a message", masked_begin("1") + masked_close(1000) + masked_end("2"), {"close 1000 "}},
        {"close without a code", masked_close(), {"close 1005 "}},
        {"close with half a code",
         encode({.code = opcode::close, .payload = "\x03"}),
         {line_of(ws_errc::short_close)}},
        {"close with a reason", masked_close(1000, "Bye"), {"close 1000 Bye"}},
        {"longest reason", masked_close(1000, longest), {"close 1000 " + longest}},
        {"too long reason", masked_close(1000, longest + "*"), {line_of(ws_errc::long_control)}},
        {"bad reason", masked_close(1000, "\xC0\x80"), {line_of(ws_errc::close_reason_not_utf8)}},
        {"half a character as reason",
         masked_close(1000, "\xE2\x82"),
         {line_of(ws_errc::close_reason_not_utf8)}},
    };
    for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U, 1013U,
                                1014U, 3000U, 3999U, 4000U, 4999U}) {
        const std::string line = "close " + std::to_string(code) + " ";
        all.push_back({line, masked_close(code), {line}});
    }
    for (const unsigned code :
         {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65535U}) {
        all.push_back(
            {"close " + std::to_string(code), masked_close(code), {line_of(ws_errc::bad_close_status)}});
    }
    return all;
}

inline conversations header_conversations() {
    const reading not_minimal{line_of(ws_errc::length_not_minimal)};
    const frame_limits client_side{.expect_masked = false};
    return {
        {"unmasked", encode({.payload = "x", .mask = {}}), {line_of(ws_errc::unmasked)}},
        {"unmasked close", encode({.code = opcode::close, .mask = {}}), {line_of(ws_errc::unmasked)}},
        {"125 in two bytes", encode({.payload = std::string(125, 'x'), .length_form_bytes = 2}), not_minimal},
        {"0 in eight bytes", encode({.length_form_bytes = 8}), not_minimal},
        {"65535 in eight bytes", encode({.length_form_bytes = 8, .announced_bytes = 65'535}), not_minimal},
        {"top bit", encode({.announced_bytes = 1ULL << 63}), {line_of(ws_errc::length_top_bit)}},
        {"longest length",
         encode({.announced_bytes = (1ULL << 63) - 1}),
         {line_of(ws_errc::message_too_large)}},
        {"mask of zeros", encode({.payload = "Hello", .mask = mask_key{}}), {"text Hello"}},
        {"from a server", encode({.payload = "Hello", .mask = {}}), {"text Hello"}, client_side},
        {"masked by a server", masked_text("Hello"), {line_of(ws_errc::masked)}, client_side},
    };
}

inline conversations all_conversations() {
    conversations all;
    for (auto&& some : {framing_conversations(), ping_conversations(), reserved_conversations(),
                        fragmentation_conversations(), utf8_conversations(), close_conversations(),
                        header_conversations()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

}  // namespace fanwire::test
