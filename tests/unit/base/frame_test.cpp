#include "base/frame.hpp"

#include "support/chunk_reading.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {
namespace {

using namespace std::string_literals;

chunk with_one(payload_kind kind, std::string_view payload) {
    chunk made;
    made.append(kind, payload);
    return made;
}

/// The head of a text message of this length.
std::string head_of(std::size_t length) {
    const chunk made = with_one(payload_kind::text, std::string(length, 'x'));
    return std::string(made.bytes().substr(0, made.size_bytes() - length));
}

TEST(chunk, is_empty_at_first) {
    const chunk fresh;

    EXPECT_TRUE(fresh.is_empty());
    EXPECT_EQ(fresh.count(), 0U);
    EXPECT_EQ(fresh.bytes(), "");
}

TEST(chunk, writes_each_length_in_its_shortest_form) {
    EXPECT_EQ(head_of(0), "\x81\x00"s);
    EXPECT_EQ(head_of(1), "\x81\x01"s);
    EXPECT_EQ(head_of(125), "\x81\x7d"s);
    EXPECT_EQ(head_of(126), "\x81\x7e\x00\x7e"s);
    EXPECT_EQ(head_of(65'535), "\x81\x7e\xff\xff"s);
    EXPECT_EQ(head_of(65'536), "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(chunk, tells_text_from_binary) {
    EXPECT_EQ(with_one(payload_kind::text, "hi").bytes(), "\x81\x02hi"s);
    EXPECT_EQ(with_one(payload_kind::binary, "hi").bytes(), "\x82\x02hi"s);
}

TEST(chunk, knows_where_each_message_ends) {
    chunk filled;
    filled.append(payload_kind::text, "abc");
    filled.append(payload_kind::binary, "");
    filled.append(payload_kind::text, std::string(126, 'x'));

    EXPECT_EQ(filled.count(), 3U);
    EXPECT_EQ(filled.end_of(0), 5U);
    EXPECT_EQ(filled.end_of(1), 7U);
    EXPECT_EQ(filled.end_of(2), 137U);
    EXPECT_EQ(filled.size_bytes(), 137U);
}

TEST(chunk, is_read_back_whole) {
    chunk filled;
    const std::vector<test::read_message> expected{
        {payload_kind::text, ""},
        {payload_kind::binary, std::string(125, '\0')},
        {payload_kind::text, std::string(65'535, 'a')},
        {payload_kind::binary, std::string(65'536, '\x81')},
        {payload_kind::text, "the end"},
    };

    for (const auto& one : expected) filled.append(one.kind, one.payload);

    EXPECT_EQ(test::read_messages(filled.bytes()), expected);
}

TEST(chunk, forgets_its_messages_and_takes_new_ones) {
    chunk used = with_one(payload_kind::text, "old");

    used.clear();
    EXPECT_TRUE(used.is_empty());
    EXPECT_EQ(used.size_bytes(), 0U);
    used.append(payload_kind::text, "new");

    EXPECT_EQ(used.bytes(), "\x81\x03new"s);
    EXPECT_EQ(used.end_of(0), 5U);
}

}  // namespace
}  // namespace fanwire
