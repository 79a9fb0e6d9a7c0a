#include "net/frame_writer.hpp"

#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {

namespace {

TEST(frame_writer, writes_code_and_reason_of_a_close) {
    EXPECT_EQ(close_frame(4100, "slow consumer").bytes(), "\x88\x0F\x10\x04slow consumer");
    EXPECT_EQ(close_frame(1000, "").bytes(), "\x88\x02\x03\xE8");
}

TEST(frame_writer, cuts_a_reason_to_123_bytes) {
    const std::string reason(123, 'x');

    EXPECT_EQ(close_frame(1000, reason).bytes(), "\x88\x7D\x03\xE8" + reason);
    EXPECT_EQ(close_frame(1000, reason + "x").bytes(), "\x88\x7D\x03\xE8" + reason);
}

TEST(frame_writer, cuts_a_reason_between_two_characters) {
    for (const std::string character : {"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        for (std::size_t ahead = 115; ahead <= 123; ++ahead) {
            std::string reason(ahead, 'x');
            for (int i = 0; i < 5; ++i) reason += character;

            const std::string written(close_frame(1000, reason).bytes().substr(4));

            EXPECT_TRUE(is_utf8(written));
            EXPECT_TRUE(reason.starts_with(written));
            EXPECT_LE(written.size(), 123U);
            EXPECT_GT(written.size(), 123U - character.size());
        }
    }
}

TEST(frame_writer, leaves_out_a_reason_that_is_not_utf8) {
    EXPECT_EQ(close_frame(1000, "\xFF").bytes(), "\x88\x02\x03\xE8");
}

TEST(frame_writer, writes_pings_and_pongs) {
    EXPECT_EQ(ping_frame("").bytes(), std::string("\x89\x00", 2));
    EXPECT_EQ(ping_frame("abc").bytes(),
              "\x89\x03"
              "abc");
    EXPECT_EQ(pong_frame("abc").bytes(),
              "\x8A\x03"
              "abc");
}

TEST(frame_writer, never_writes_a_control_frame_over_125_bytes) {
    const std::string payload(126, 'x');

    EXPECT_EQ(ping_frame(payload).bytes(), "\x89\x7D" + payload.substr(1));
    EXPECT_EQ(pong_frame(payload).bytes(), "\x8A\x7D" + payload.substr(1));
}

}  // namespace

}  // namespace fanwire
