#include "bus/envelope.hpp"

#include "support/envelope_fixtures.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace fanwire {
namespace {

using test::envelope_fixtures;

std::string name_of(envelope_fault fault) {
    switch (fault) {
        case envelope_fault::none:
            return "";
        case envelope_fault::unknown_version:
            return "unknown_version";
        case envelope_fault::malformed:
            return "malformed";
        case envelope_fault::too_large:
            return "too_large";
    }
    return "?";
}

envelope_fault fault_in(std::string_view wire, const envelope_limits& limits = {}) {
    message_head head;
    std::string_view payload;
    return read_envelope(wire, head, payload, limits);
}

std::string written(const message_head& head, std::string_view payload = {}) {
    std::string wire;
    write_envelope(head, payload, wire);
    return wire;
}

message_head with_headers(std::size_t count) {
    message_head head;
    for (std::size_t made = 0; made < count; ++made) head.headers.push_back({"n", ""});
    return head;
}

TEST(envelope, reads_what_each_fixture_means) {
    for (const auto& fixture : envelope_fixtures()) {
        message_head head;
        std::string_view payload;
        ASSERT_TRUE(is_envelope(fixture.wire)) << fixture.name;
        EXPECT_EQ(name_of(read_envelope(fixture.wire, head, payload)), fixture.fault) << fixture.name;
        if (!fixture.fault.empty()) continue;
        EXPECT_EQ(head, fixture.head) << fixture.name;
        EXPECT_EQ(payload, fixture.payload) << fixture.name;
    }
}

TEST(envelope, writes_each_fixture_byte_for_byte) {
    for (const auto& fixture : envelope_fixtures()) {
        if (!fixture.fault.empty() || !fixture.is_rewritten) continue;
        EXPECT_EQ(written(fixture.head, fixture.payload), fixture.wire) << fixture.name;
    }
}

TEST(envelope, is_malformed_wherever_its_head_is_cut) {
    for (const auto& fixture : envelope_fixtures()) {
        if (!fixture.fault.empty()) continue;
        const std::size_t head_end = fixture.wire.size() - fixture.payload.size();
        for (std::size_t cut = 1; cut < head_end; ++cut) {
            EXPECT_EQ(fault_in(fixture.wire.substr(0, cut)), envelope_fault::malformed)
                << fixture.name << " cut at " << cut;
        }
    }
}

TEST(envelope, ends_where_its_payload_is_cut) {
    for (const auto& fixture : envelope_fixtures()) {
        if (!fixture.fault.empty()) continue;
        for (std::size_t left = 0; left <= fixture.payload.size(); ++left) {
            const std::string wire =
                fixture.wire.substr(0, fixture.wire.size() - fixture.payload.size() + left);
            message_head head;
            std::string_view payload;
            EXPECT_EQ(read_envelope(wire, head, payload), envelope_fault::none) << fixture.name;
            EXPECT_EQ(head, fixture.head) << fixture.name;
            EXPECT_EQ(payload, std::string_view(fixture.payload).substr(0, left)) << fixture.name;
        }
    }
}

TEST(envelope, holds_lengths_at_the_edges_of_their_bytes) {
    for (const std::size_t length : {1U, 127U, 128U, 16'383U, 16'384U, 65'000U}) {
        message_head head;
        head.content_type = std::string(length, 'x');
        const std::string wire = written(head, "payload");

        message_head read;
        std::string_view payload;
        EXPECT_EQ(read_envelope(wire, read, payload), envelope_fault::none) << length;
        EXPECT_EQ(read, head) << length;
        EXPECT_EQ(payload, "payload") << length;
    }
}

TEST(envelope, takes_a_head_up_to_its_limit) {
    message_head head;
    head.reply_to = std::string(100, 'x');
    const std::size_t bytes = head_bytes(head);
    const std::string wire = written(head);

    EXPECT_EQ(bytes, 102U);
    EXPECT_EQ(fault_in(wire, {bytes, 0}), envelope_fault::none);
    EXPECT_EQ(fault_in(wire, {bytes - 1, 0}), envelope_fault::too_large);
    EXPECT_EQ(fault_of(head, {bytes, 0}), envelope_fault::none);
    EXPECT_EQ(fault_of(head, {bytes - 1, 0}), envelope_fault::too_large);
}

TEST(envelope, takes_headers_up_to_their_limit) {
    for (const auto& [count, fault] :
         {std::pair{128, envelope_fault::none}, {129, envelope_fault::too_large}}) {
        const message_head head = with_headers(static_cast<std::size_t>(count));
        EXPECT_EQ(fault_in(written(head)), fault) << count;
        EXPECT_EQ(fault_of(head), fault) << count;
    }
}

TEST(envelope, judges_a_head_as_readers_do) {
    const std::string broken = "\xC3";
    message_head heads[5];
    heads[0].user = broken;
    heads[1].content_type = broken;
    heads[2].reply_to = broken;
    heads[3].headers = {{"", "x"}};
    heads[4].headers = {{"a", broken}};
    for (const message_head& head : heads) {
        EXPECT_EQ(fault_of(head), envelope_fault::malformed);
        EXPECT_EQ(fault_in(written(head)), envelope_fault::malformed);
    }
}

TEST(envelope, is_told_by_its_first_byte) {
    EXPECT_TRUE(is_envelope("\xFC"));
    for (const char* other : {"", "{}", "hello", "\xFE\xFF", "\xFF\xFE", "\xFB", "\xFD", "\xEF\xBB\xBF"}) {
        EXPECT_FALSE(is_envelope(other)) << other;
    }
}

TEST(envelope, opens_a_message_that_came_in_one) {
    message_head head;
    head.user = "\"Ann\"";
    room_message message{"a", written(head, "hi"), payload_form::foreign, 5};

    EXPECT_EQ(open_envelope(message), envelope_fault::none);

    EXPECT_EQ(message.payload, "hi");
    EXPECT_EQ(message.form, payload_form::enveloped);
    ASSERT_NE(message.head, nullptr);
    EXPECT_EQ(*message.head, head);
}

TEST(envelope, leaves_any_other_message_as_it_is) {
    for (const char* payload : {"{}", "", "\xFC", "\xFC\x02"}) {
        room_message message{"a", payload, payload_form::foreign, 5};

        EXPECT_EQ(open_envelope(message) == envelope_fault::none, !is_envelope(payload));

        EXPECT_EQ(message.payload, payload);
        EXPECT_EQ(message.form, payload_form::foreign);
        EXPECT_EQ(message.head, nullptr);
    }
}

}  // namespace
}  // namespace fanwire
