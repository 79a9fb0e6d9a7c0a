#include "net/frame_reader.hpp"
#include "support/reference_reader.hpp"
#include "support/ws_conversations.hpp"
#include "support/ws_reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace fanwire::test {

namespace {

/// Every offset of a short conversation; of a long one those near its ends, and some between.
std::vector<std::size_t> cuts_of(std::size_t wire_bytes) {
    constexpr std::size_t near = 600;
    std::vector<std::size_t> cuts;
    for (std::size_t at = 1; at < wire_bytes; at += at < near || wire_bytes - at < near ? 1 : 997)
        cuts.push_back(at);
    return cuts;
}

template <typename Check>
void for_each_conversation(Check check) {
    for (const conversation& c : all_conversations()) {
        SCOPED_TRACE(c.name);
        ASSERT_NO_FATAL_FAILURE(check(c));
    }
}

TEST(frame_reader, reads_conversations_whole) {
    for_each_conversation([](const conversation& c) { EXPECT_EQ(read_whole(c.wire, c.limits), c.expected); });
}

TEST(frame_reader, reads_conversations_in_pieces_of_any_size) {
    for_each_conversation([](const conversation& c) {
        for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 8U, 13U, 64U, 997U, 4096U}) {
            ASSERT_EQ(read_in_pieces(c.wire, piece, c.limits), c.expected) << "in pieces of " << piece;
        }
    });
}

TEST(frame_reader, reads_conversations_cut_at_each_offset) {
    for_each_conversation([](const conversation& c) {
        for (const std::size_t cut : cuts_of(c.wire.size())) {
            ASSERT_EQ(read_cut(c.wire, cut, c.limits), c.expected) << "cut at " << cut;
        }
    });
}

TEST(frame_reader, reads_conversations_that_it_had_to_keep) {
    for_each_conversation([](const conversation& c) {
        for (const std::size_t cut : cuts_of(c.wire.size())) {
            ASSERT_EQ(read_kept(c.wire, cut, c.limits), c.expected) << "kept, cut at " << cut;
        }
    });
}

TEST(frame_reader, reads_conversations_that_break_off_as_the_reference_does) {
    for_each_conversation([](const conversation& c) {
        ASSERT_EQ(reference_reader(c.wire, c.limits).result(), c.expected);
        for (const std::size_t end : cuts_of(std::min<std::size_t>(c.wire.size(), 600))) {
            const std::string_view part = std::string_view(c.wire).substr(0, end);
            ASSERT_EQ(read_whole(part, c.limits), reference_reader(part, c.limits).result())
                << "after " << end;
        }
    });
}

/// Frames of every kind in random order, one byte in a thousand wrong.
std::string random_wire(std::mt19937& random) {
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    std::string wire;
    for (unsigned frames = 1 + below(12); frames > 0; --frames) {
        constexpr std::array codes{opcode::continuation, opcode::text, opcode::binary, opcode::ping,
                                   opcode::pong};
        const opcode code = codes[below(codes.size())];
        std::string payload;
        for (unsigned n = below(is_control(code) ? 100 : 300); n > 0; --n)
            payload += below(3) == 0 ? "\xE2\x82\xAC" : "x";
        if (is_control(code)) payload.resize(std::min<std::size_t>(payload.size(), 125));
        const mask_key mask{std::byte(below(256)), std::byte(below(256)), std::byte(below(256)),
                            std::byte(below(256))};
        wire += encode(
            {.code = code, .payload = payload, .is_final = is_control(code) || below(2) == 0, .mask = mask});
    }
    for (char& c : wire) {
        if (below(1000) == 0) c = static_cast<char>(below(256));
    }
    return wire;
}

TEST(frame_reader, reads_random_frames_as_the_reference_does) {
    std::mt19937 random(6455);
    for (int round = 0; round < 3000; ++round) {
        const std::string wire = random_wire(random);
        const frame_limits limits{.max_message_bytes = 100 + random() % 2000};
        const reading expected = reference_reader(wire, limits).result();

        ASSERT_EQ(read_whole(wire, limits), expected) << "round " << round;
        ASSERT_EQ(read_in_pieces(wire, 1 + random() % 50, limits), expected) << "round " << round;
        ASSERT_EQ(read_kept(wire, random() % wire.size(), limits), expected) << "round " << round;
    }
}

}  // namespace

}  // namespace fanwire::test
