#include "net/frame_reader.hpp"
#include "support/ws_frames.hpp"
#include "support/ws_reading.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanwire::test {

namespace {

constexpr frame_limits at_most_300{.max_message_bytes = 300};

reading refused(ws_errc error) { return {line_of(error)}; }

std::span<std::byte> bytes_of(std::string& text) { return std::as_writable_bytes(std::span(text)); }

TEST(frame_reader, takes_a_message_at_the_limit_and_refuses_one_over_it) {
    EXPECT_EQ(read_whole(masked_text(std::string(300, 'x')), at_most_300),
              reading{"text " + std::string(300, 'x')});
    EXPECT_EQ(read_whole(masked_text(std::string(301, 'x')), at_most_300),
              refused(ws_errc::message_too_large));
}

TEST(frame_reader, refuses_a_long_message_at_its_header) {
    const std::string head = encode_head({.announced_bytes = 301});

    EXPECT_EQ(read_whole(head, at_most_300), refused(ws_errc::message_too_large));
}

TEST(frame_reader, counts_the_fragments_of_a_message_together) {
    const std::string begin = masked_begin(std::string(200, 'x'));

    EXPECT_EQ(read_whole(begin + masked_end(std::string(100, 'x')), at_most_300),
              reading{"text " + std::string(300, 'x')});
    EXPECT_EQ(read_whole(begin + masked_end(std::string(101, 'x')), at_most_300),
              refused(ws_errc::message_too_large));
    EXPECT_EQ(
        read_whole(
            begin + encode_head({.code = opcode::continuation, .is_final = false, .announced_bytes = 101}),
            at_most_300),
        refused(ws_errc::message_too_large));
}

TEST(frame_reader, counts_each_message_anew) {
    const std::string text(300, 'x');
    const std::string halves = masked_begin(text.substr(150)) + masked_end(text.substr(150));

    EXPECT_EQ(read_whole(halves + masked_text(text) + halves, at_most_300),
              (reading{"text " + text, "text " + text, "text " + text}));
}

TEST(frame_reader, does_not_count_control_frames) {
    const frame_limits only_empty{.max_message_bytes = 0};

    EXPECT_EQ(read_whole(masked_ping("x") + masked_text("") + masked_text("x"), only_empty),
              (reading{"ping x", "text ", line_of(ws_errc::message_too_large)}));
}

TEST(frame_reader, takes_each_form_of_a_length_at_its_bounds) {
    for (const std::size_t bytes : {125U, 126U, 65'535U, 65'536U}) {
        const std::string text(bytes, 'x');
        ASSERT_EQ(read_in_pieces(masked_text(text), 1000, {65'536}), reading{"text " + text}) << bytes;
    }
}

TEST(frame_reader, has_no_memory_before_and_after_messages) {
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    std::string wire = masked_text("whole") + masked_begin("be") + masked_ping("p") + masked_end("gun");

    reader.feed(bytes_of(wire));
    EXPECT_EQ(reader.heap_bytes(), 0U);
    for (const std::string_view payload : {"whole", "p", "begun"}) {
        ASSERT_FALSE(reader.next(item));
        ASSERT_TRUE(item);
        EXPECT_EQ(item->payload, payload);
    }
    ASSERT_FALSE(reader.next(item));

    EXPECT_FALSE(item);
    EXPECT_EQ(reader.heap_bytes(), 0U);
}

TEST(frame_reader, does_not_copy_a_message_that_came_whole) {
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    std::string wire = masked_text("whole");

    reader.feed(bytes_of(wire));
    ASSERT_FALSE(reader.next(item));
    ASSERT_TRUE(item);

    EXPECT_EQ(item->payload.data(), wire.data() + wire.size() - 5);
    EXPECT_EQ(reader.heap_bytes(), 0U);
}

TEST(frame_reader, takes_no_memory_for_a_length_that_was_only_announced) {
    frame_reader reader(frame_limits{.max_message_bytes = 1U << 30U});
    std::optional<incoming> item;
    std::string wire = encode({.payload = "few", .announced_bytes = 1U << 30U});

    reader.feed(bytes_of(wire));
    ASSERT_FALSE(reader.next(item));

    EXPECT_FALSE(item);
    EXPECT_LT(reader.heap_bytes(), 512U);
}

TEST(frame_reader, takes_memory_in_proportion_to_what_has_come) {
    constexpr std::size_t announced = 100'000;
    constexpr std::size_t piece = 100;
    frame_reader reader(frame_limits{.max_message_bytes = announced});
    std::optional<incoming> item;
    const std::string wire = masked_binary(std::string(announced, 'x'));

    for (std::size_t at = 0; at + piece < wire.size(); at += piece) {
        std::string bytes = wire.substr(at, piece);
        reader.feed(bytes_of(bytes));
        ASSERT_FALSE(reader.next(item));
        ASSERT_LE(reader.heap_bytes(), std::min(2 * (at + piece), announced) + 512);
    }
}

TEST(frame_reader, frees_its_memory_when_it_fails) {
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    std::string wire = masked_begin(std::string(1000, 'x')) + masked_text("x");

    reader.feed(bytes_of(wire));

    EXPECT_TRUE(reader.next(item));
    EXPECT_EQ(reader.heap_bytes(), 0U);
}

TEST(frame_reader, gives_back_the_caller_s_buffer_when_asked_to_keep) {
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    std::string wire = masked_text("first") + masked_text("second") + masked_text("third");
    reader.feed(bytes_of(wire));
    ASSERT_FALSE(reader.next(item));

    reader.keep();
    EXPECT_TRUE(reader.has_unread());
    EXPECT_EQ(item->payload, "first");
    wire.assign(wire.size(), '\xFF');
    std::string more = masked_text("fourth");
    reader.feed(bytes_of(more));

    for (const std::string_view payload : {"second", "third", "fourth"}) {
        ASSERT_FALSE(reader.next(item));
        ASSERT_TRUE(item);
        EXPECT_EQ(item->payload, payload);
    }
    ASSERT_FALSE(reader.next(item));
    EXPECT_FALSE(reader.has_unread());
    EXPECT_EQ(reader.heap_bytes(), 0U);
}

TEST(frame_reader, may_be_asked_to_keep_at_any_time) {
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    std::string wire = masked_begin("fir") + masked_end("st") + masked_text("second") + masked_text("third");
    reader.keep();
    reader.feed(bytes_of(wire));

    for (const std::string_view payload : {"first", "second", "third"}) {
        reader.keep();
        reader.keep();
        ASSERT_FALSE(reader.next(item));
        ASSERT_TRUE(item);
        reader.keep();
        EXPECT_EQ(item->payload, payload);
    }
}

TEST(frame_reader, keeps_nothing_when_all_is_read) {
    frame_reader reader(frame_limits{});
    std::optional<incoming> item;
    std::string wire = masked_text("only");
    reader.feed(bytes_of(wire));
    ASSERT_FALSE(reader.next(item));

    reader.keep();

    EXPECT_FALSE(reader.has_unread());
    EXPECT_EQ(reader.heap_bytes(), 0U);
}

}  // namespace

}  // namespace fanwire::test
