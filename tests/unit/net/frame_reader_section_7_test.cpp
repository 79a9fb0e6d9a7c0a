// What RFC 6455 asks of a receiver in its sections 6 and 7, and of one that meets bad text in 8.1 and a limit
// in 10.4.
#include "net/frame_reader.hpp"
#include "net/frame_writer.hpp"
#include "support/ws_frames.hpp"
#include "support/ws_reading.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire::test {

namespace {

reading refused(ws_errc error) { return {line_of(error)}; }

TEST(frame_reader, section_6_2_gives_messages_in_the_order_of_their_frames) {
    EXPECT_EQ(read_whole(masked_text("1") + masked_binary("2") + masked_text("3")),
              (reading{"text 1", "binary 2", "text 3"}));
}

TEST(frame_reader, section_6_2_gives_a_message_when_its_last_frame_has_come) {
    const std::string wire = masked_begin("a") + masked_end("b");
    reading_driver driver(frame_limits{});
    driver.feed(wire.substr(0, wire.size() - 1));
    ASSERT_EQ(driver.result(), reading{});

    driver.feed(wire.substr(wire.size() - 1));

    EXPECT_EQ(driver.result(), reading{"text ab"});
}

TEST(frame_reader, section_6_2_removes_the_mask) {
    const std::string wire = masked_text("visible");

    EXPECT_EQ(wire.find("visible"), std::string::npos);
    EXPECT_EQ(read_whole(wire), reading{"text visible"});
}

TEST(frame_reader, section_7_1_5_says_1005_where_a_close_has_no_code) {
    EXPECT_EQ(read_whole(masked_close()), reading{"close 1005 "});
}

TEST(frame_reader, section_7_1_5_takes_the_code_of_the_first_close) {
    EXPECT_EQ(read_whole(masked_close(1001) + masked_close(1000)), reading{"close 1001 "});
}

TEST(frame_reader, section_7_1_7_takes_nothing_behind_an_error) {
    reading_driver driver(frame_limits{});
    driver.feed(masked_end("nothing to continue") + masked_text("same read"));

    driver.feed(masked_text("later"));

    EXPECT_EQ(driver.result(), refused(ws_errc::nothing_to_continue));
}

TEST(frame_reader, section_7_1_7_fails_for_ever_with_its_first_error) {
    std::string wire = masked_end("x");
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    reader.feed(std::as_writable_bytes(std::span(wire)));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(reader.next(item), ws_errc::nothing_to_continue);
        EXPECT_FALSE(item.has_value());
    }

    std::string more = encode({.mask = {}});
    reader.feed(std::as_writable_bytes(std::span(more)));

    EXPECT_EQ(reader.next(item), ws_errc::nothing_to_continue);
}

TEST(frame_writer, section_7_4_1_never_writes_a_code_that_must_not_travel) {
    for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 2999U, 5000U}) {
        EXPECT_EQ(close_frame(static_cast<std::uint16_t>(code), "why").bytes(), std::string("\x88\x00", 2))
            << code;
    }
}

TEST(frame_reader, section_7_4_1_refuses_codes_that_must_not_travel) {
    for (const unsigned code : {1004U, 1005U, 1006U, 1015U}) {
        EXPECT_EQ(read_whole(masked_close(code)), refused(ws_errc::bad_close_status)) << code;
    }
}

TEST(frame_reader, section_7_4_2_refuses_codes_outside_the_ranges_in_use) {
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        const bool is_standard = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
        const bool is_registered_or_private = code >= 3000 && code <= 4999;
        const reading expected = is_standard || is_registered_or_private
                                     ? reading{"close " + std::to_string(code) + " "}
                                     : refused(ws_errc::bad_close_status);
        ASSERT_EQ(read_whole(masked_close(code)), expected) << code;
    }
}

TEST(frame_reader, section_7_4_1_closes_with_the_code_of_the_cause) {
    for (int value = 1; value <= static_cast<int>(ws_errc::message_too_large); ++value) {
        const auto error = static_cast<ws_errc>(value);
        const bool is_text = error == ws_errc::text_not_utf8 || error == ws_errc::close_reason_not_utf8;
        const int expected = is_text ? 1007 : error == ws_errc::message_too_large ? 1009 : 1002;
        EXPECT_EQ(close_code_of(error), expected) << value;
    }
}

TEST(frame_reader, section_8_1_fails_at_the_first_bad_byte_of_a_fragmented_text) {
    reading_driver driver(frame_limits{});
    driver.feed(masked_begin("good"));
    ASSERT_EQ(driver.result(), reading{});

    driver.feed(masked_middle("\xF4\x90"));

    EXPECT_EQ(driver.result(), refused(ws_errc::text_not_utf8));
}

TEST(frame_reader, section_8_1_fails_at_the_first_bad_byte_of_an_unfinished_frame) {
    const std::string text = std::string(1000, 'x') + "\xED\xA0\x80" + std::string(60'000, 'x');
    const std::string wire = masked_text(text);
    const std::size_t bad_at = 8 + 1001;
    reading_driver driver(frame_limits{});
    driver.feed(std::string_view(wire).substr(0, bad_at));
    ASSERT_EQ(driver.result(), reading{});

    driver.feed(std::string_view(wire).substr(bad_at, 1));

    EXPECT_EQ(driver.result(), refused(ws_errc::text_not_utf8));
}

}  // namespace

}  // namespace fanwire::test
