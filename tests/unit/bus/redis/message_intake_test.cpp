#include "bus/redis/message_intake.hpp"

#include "support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

class message_intake_of_a_bus : public ::testing::Test {
protected:
    test::manual_clock clock;
    texts logged;
    message_intake intake{10, clock, [this](log_level, std::string_view line) { logged.emplace_back(line); }};
};

TEST_F(message_intake_of_a_bus, takes_foreign_bytes_as_they_are) {
    const shared_message message = intake.take("a", "\xFF");

    ASSERT_NE(message, nullptr);
    EXPECT_EQ(message->room, "a");
    EXPECT_EQ(message->payload, "\xFF");
    EXPECT_EQ(message->form, payload_form::foreign);
    EXPECT_EQ(message->timestamp, clock.now().unix_ms);
    EXPECT_EQ(message->head, nullptr);
}

TEST_F(message_intake_of_a_bus, opens_envelopes) {
    const shared_message message = intake.take("a", std::string("\xFC\x01\x03\x01\x01"
                                                                "7hi",
                                                                8));

    ASSERT_NE(message, nullptr);
    EXPECT_EQ(message->payload, "hi");
    EXPECT_EQ(message->form, payload_form::enveloped);
    EXPECT_EQ(message->head->user, "7");
}

TEST_F(message_intake_of_a_bus, takes_messages_up_to_the_limit) {
    EXPECT_NE(intake.take("a", std::string(10, 'x')), nullptr);
    EXPECT_EQ(intake.take("a", std::string(11, 'x')), nullptr);
    EXPECT_EQ(intake.counted().too_large.value(), 1U);
}

TEST_F(message_intake_of_a_bus, counts_what_it_skips_by_reason) {
    EXPECT_EQ(intake.take("a", "\xFC\x02"), nullptr);
    EXPECT_EQ(intake.take("a", "\xFC"), nullptr);
    EXPECT_EQ(intake.take("a", "\xFC\x01\x80"), nullptr);
    EXPECT_EQ(intake.take("a", "\xFC\x01\xFF\xFF\xFF\x7F"), nullptr);

    EXPECT_EQ(intake.counted().unknown_version.value(), 1U);
    EXPECT_EQ(intake.counted().malformed.value(), 2U);
    EXPECT_EQ(intake.counted().too_large.value(), 1U);
}

TEST_F(message_intake_of_a_bus, logs_once_a_second) {
    for (int message = 0; message < 5; ++message) EXPECT_EQ(intake.take("a", "\xFC\x02"), nullptr);
    EXPECT_EQ(logged, texts{"skipped a message from Redis: its envelope has a version that is not known"});
    clock.advance(1s);

    EXPECT_EQ(intake.take("a", "\xFC"), nullptr);

    ASSERT_EQ(logged.size(), 2U);
    EXPECT_EQ(
        logged.back(),
        "skipped a message from Redis: it begins as an envelope and is none (one of 5 that were skipped)");
}

}  // namespace
}  // namespace fanwire
