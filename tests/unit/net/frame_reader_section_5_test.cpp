// What RFC 6455 asks of a receiver in its section 5, a test for each demand.
#include "net/frame_reader.hpp"
#include "net/frame_writer.hpp"
#include "support/ws_frames.hpp"
#include "support/ws_reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace fanwire::test {

namespace {

reading refused(ws_errc error) { return {line_of(error)}; }

TEST(frame_reader, section_5_1_refuses_an_unmasked_frame) {
    for (const opcode code : {opcode::text, opcode::binary, opcode::close, opcode::ping, opcode::pong}) {
        EXPECT_EQ(read_whole(encode({.code = code, .mask = {}})), refused(ws_errc::unmasked));
    }
}

TEST(frame_reader, section_5_1_closes_with_1002_after_an_unmasked_frame) {
    EXPECT_EQ(close_code_of(ws_errc::unmasked), 1002);
}

TEST(frame_reader, section_5_1_as_a_client_refuses_a_masked_frame) {
    const frame_limits client_side{.expect_masked = false};

    EXPECT_EQ(read_whole(masked_text("x"), client_side), refused(ws_errc::masked));
}

TEST(frame_writer, section_5_1_does_not_mask) {
    const frame_limits client_side{.expect_masked = false};

    EXPECT_EQ(read_whole(ping_frame("x").bytes(), client_side), reading{"ping x"});
    EXPECT_EQ(read_whole(pong_frame("x").bytes(), client_side), reading{"pong x"});
    EXPECT_EQ(read_whole(close_frame(1000, "x").bytes(), client_side), reading{"close 1000 x"});
}

TEST(frame_reader, section_5_2_refuses_each_reserved_bit) {
    for (const unsigned bit : {1U, 2U, 4U}) {
        EXPECT_EQ(read_whole(encode({.payload = "x", .reserved = bit})), refused(ws_errc::reserved_bits));
    }
}

TEST(frame_reader, section_5_2_refuses_reserved_bits_in_a_continuation) {
    const std::string end = encode({.code = opcode::continuation, .reserved = 4});

    EXPECT_EQ(read_whole(masked_begin("x") + end), refused(ws_errc::reserved_bits));
}

TEST(frame_reader, section_5_2_refuses_unknown_opcodes) {
    for (const int code : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        EXPECT_EQ(read_whole(encode({.code = static_cast<opcode>(code)})), refused(ws_errc::unknown_opcode))
            << code;
    }
}

TEST(frame_reader, section_5_2_reads_lengths_in_network_byte_order) {
    const std::string long_text(0x0102, 'x');

    const std::string wire = masked_text(long_text);

    EXPECT_EQ(wire.substr(0, 4), "\x81\xFE\x01\x02");
    EXPECT_EQ(read_whole(wire), reading{"text " + long_text});
}

TEST(frame_reader, section_5_2_refuses_a_length_that_is_not_in_its_shortest_form) {
    const auto form = [](std::size_t bytes, unsigned form_bytes) {
        return read_whole(encode({.payload = std::string(bytes, 'x'), .length_form_bytes = form_bytes}),
                          {1 << 20});
    };

    EXPECT_EQ(form(0, 2), refused(ws_errc::length_not_minimal));
    EXPECT_EQ(form(125, 2), refused(ws_errc::length_not_minimal));
    EXPECT_EQ(form(126, 2), reading{"text " + std::string(126, 'x')});
    EXPECT_EQ(form(125, 8), refused(ws_errc::length_not_minimal));
    EXPECT_EQ(form(65'535, 8), refused(ws_errc::length_not_minimal));
    EXPECT_EQ(form(65'536, 8), reading{"text " + std::string(65'536, 'x')});
}

TEST(frame_reader, section_5_2_refuses_a_64_bit_length_with_its_top_bit_set) {
    EXPECT_EQ(read_whole(encode({.announced_bytes = 1ULL << 63})), refused(ws_errc::length_top_bit));
    EXPECT_EQ(read_whole(encode({.announced_bytes = ~0ULL})), refused(ws_errc::length_top_bit));
}

TEST(frame_reader, section_5_3_unmasks_with_any_key) {
    const std::string text(100, 'x');
    for (int byte = 0; byte < 256; ++byte) {
        const mask_key key{std::byte(byte), std::byte(byte ^ 0x55), std::byte(255 - byte),
                           std::byte(byte / 2)};
        ASSERT_EQ(read_whole(encode({.payload = text, .mask = key})), reading{"text " + text});
    }
}

TEST(frame_reader, section_5_3_unmasks_each_fragment_with_its_own_key) {
    const mask_key other{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    const std::string end = encode({.code = opcode::continuation, .payload = "second", .mask = other});

    EXPECT_EQ(read_whole(masked_begin("first, ") + end), reading{"text first, second"});
}

TEST(frame_reader, section_5_4_reads_a_message_without_fragments) {
    EXPECT_EQ(read_whole(masked_text("whole")), reading{"text whole"});
}

TEST(frame_reader, section_5_4_joins_fragments_in_their_order) {
    EXPECT_EQ(read_whole(masked_begin("a") + masked_middle("b") + masked_end("c")), reading{"text abc"});
}

TEST(frame_reader, section_5_4_takes_the_kind_of_a_message_from_its_first_fragment) {
    const std::string begin = encode({.code = opcode::binary, .payload = "\xFF", .is_final = false});

    EXPECT_EQ(read_whole(begin + masked_end("\xFF")), reading{"binary \xFF\xFF"});
}

TEST(frame_reader, section_5_4_reads_fragments_of_any_size_even_none) {
    EXPECT_EQ(read_whole(masked_begin("") + masked_middle("x") + masked_end("")), reading{"text x"});
}

TEST(frame_reader, section_5_4_gives_control_frames_between_fragments_at_once) {
    reading_driver driver(frame_limits{});

    driver.feed(masked_begin("a") + masked_ping("p"));
    EXPECT_EQ(driver.result(), reading{"ping p"});

    driver.feed(masked_end("b"));
    EXPECT_EQ(driver.result(), (reading{"ping p", "text ab"}));
}

TEST(frame_reader, section_5_4_refuses_a_fragmented_control_frame) {
    for (const opcode code : {opcode::close, opcode::ping, opcode::pong}) {
        EXPECT_EQ(read_whole(encode({.code = code, .is_final = false})),
                  refused(ws_errc::fragmented_control));
    }
}

TEST(frame_reader, section_5_4_refuses_fragments_of_two_messages_interleaved) {
    EXPECT_EQ(read_whole(masked_begin("a") + masked_begin("b")), refused(ws_errc::message_unfinished));
    EXPECT_EQ(read_whole(masked_begin("a") + masked_text("b")), refused(ws_errc::message_unfinished));
    EXPECT_EQ(read_whole(masked_begin("a") + masked_binary("b")), refused(ws_errc::message_unfinished));
}

TEST(frame_reader, section_5_4_refuses_a_continuation_of_nothing) {
    EXPECT_EQ(read_whole(masked_end("x")), refused(ws_errc::nothing_to_continue));
    EXPECT_EQ(read_whole(masked_middle("x")), refused(ws_errc::nothing_to_continue));
    EXPECT_EQ(read_whole(masked_text("a") + masked_end("x")),
              (reading{"text a", line_of(ws_errc::nothing_to_continue)}));
}

TEST(frame_reader, section_5_5_reads_control_frames_of_up_to_125_bytes) {
    const std::string longest(125, 'x');

    EXPECT_EQ(read_whole(masked_ping(longest)), reading{"ping " + longest});
    EXPECT_EQ(read_whole(masked_ping(longest + "x")), refused(ws_errc::long_control));
    EXPECT_EQ(read_whole(masked_pong(longest + "x")), refused(ws_errc::long_control));
    EXPECT_EQ(read_whole(masked_close(1000, longest)), refused(ws_errc::long_control));
}

TEST(frame_reader, section_5_5_refuses_a_control_frame_with_a_long_form_of_a_short_length) {
    const std::string ping = encode({.code = opcode::ping, .payload = "x", .length_form_bytes = 2});

    EXPECT_EQ(read_whole(ping), refused(ws_errc::long_control));
}

TEST(frame_reader, section_5_5_1_gives_code_and_reason_of_a_close) {
    EXPECT_EQ(read_whole(masked_close(3456, "farewell")), reading{"close 3456 farewell"});
}

TEST(frame_reader, section_5_5_1_refuses_a_close_with_half_a_code) {
    const std::string close = encode({.code = opcode::close, .payload = "\x03"});

    EXPECT_EQ(read_whole(close), refused(ws_errc::short_close));
}

TEST(frame_reader, section_5_5_1_refuses_a_reason_that_is_not_utf8) {
    EXPECT_EQ(read_whole(masked_close(1000, "\xFF")), refused(ws_errc::close_reason_not_utf8));
}

TEST(frame_reader, section_5_5_1_takes_nothing_behind_a_close) {
    reading_driver driver(frame_limits{});
    driver.feed(masked_close(1000) + masked_text("same read"));

    driver.feed(masked_text("later") + "\xFF\xFF");

    EXPECT_EQ(driver.result(), reading{"close 1000 "});
}

TEST(frame_reader, section_5_5_2_gives_the_payload_of_a_ping) {
    EXPECT_EQ(read_whole(masked_ping("\x01\xFF")), reading{"ping \x01\xFF"});
}

TEST(frame_writer, section_5_5_3_answers_a_ping_with_the_same_payload) {
    std::string payload(125, '\0');
    std::generate(payload.begin(), payload.end(), [c = '\x80']() mutable { return c++; });

    EXPECT_EQ(pong_frame(payload).bytes(), "\x8A\x7D" + payload);
}

TEST(frame_reader, section_5_5_3_takes_a_pong_that_no_ping_asked_for) {
    EXPECT_EQ(read_whole(masked_pong("x") + masked_text("y")), (reading{"pong x", "text y"}));
}

TEST(frame_reader, section_5_6_refuses_text_that_is_not_utf8) {
    EXPECT_EQ(read_whole(masked_text("\xC0\x80")), refused(ws_errc::text_not_utf8));
    EXPECT_EQ(read_whole(masked_text("\xE2\x82")), refused(ws_errc::text_not_utf8));
}

TEST(frame_reader, section_5_6_takes_a_fragment_that_ends_inside_a_character) {
    EXPECT_EQ(read_whole(masked_begin("\xE2\x82") + masked_end("\xAC")), reading{"text \xE2\x82\xAC"});
}

TEST(frame_reader, section_5_6_takes_any_bytes_as_binary) {
    EXPECT_EQ(read_whole(masked_binary("\xC0\x80\xFF")), reading{"binary \xC0\x80\xFF"});
}

}  // namespace

}  // namespace fanwire::test
