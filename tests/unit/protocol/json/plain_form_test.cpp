#include "protocol/json/plain_form.hpp"

#include "support/fixtures.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {
namespace {

constexpr std::int64_t timestamp = 1'700'000'000'123;

std::string written(std::string_view user, std::string_view text, std::string_view data) {
    std::string out;
    write_plain_form(out, user, text, data, timestamp);
    return out;
}

bool is_plain(std::string_view payload) {
    plain_fields ignored;
    return read_plain_form(payload, ignored);
}

TEST(plain_form, is_what_the_fixtures_keep) {
    EXPECT_EQ(written(R"("alice")", R"("Hi, Bob")", R"({"n": 1.50})"),
              test::read_fixture("json/plain_all_fields.json"));
    EXPECT_EQ(written("", "", ""), test::read_fixture("json/plain_no_fields.json"));
    EXPECT_EQ(written("", R"("hello")", ""), test::read_fixture("json/plain_text.json"));
    EXPECT_EQ(written(R"({"id":7})", "", "null"), test::read_fixture("json/plain_user_and_data.json"));
}

TEST(plain_form, begins_with_its_head) { EXPECT_TRUE(written("", "", "").starts_with(plain_form_head)); }

TEST(plain_form, appends) {
    std::string out = "before ";

    write_plain_form(out, {}, "1", {}, 2);

    EXPECT_EQ(out, R"(before {"type":"message","text":1,"timestamp":2})");
}

TEST(plain_form, is_read_back) {
    const std::string payload = written(R"("al\u00e9ce")", "[1, 2]", R"({"type":"x"})");
    plain_fields fields;

    ASSERT_TRUE(read_plain_form(payload, fields));

    EXPECT_EQ(fields.user, R"("al\u00e9ce")");
    EXPECT_EQ(fields.text, "[1, 2]");
    EXPECT_EQ(fields.data, R"({"type":"x"})");
    EXPECT_EQ(fields.timestamp, timestamp);
}

TEST(plain_form, is_read_back_without_fields) {
    const std::string payload = written("", "", "");
    plain_fields fields{"1", "2", "3", 4};

    ASSERT_TRUE(read_plain_form(payload, fields));

    EXPECT_TRUE(fields.user.empty());
    EXPECT_TRUE(fields.text.empty());
    EXPECT_TRUE(fields.data.empty());
    EXPECT_EQ(fields.timestamp, timestamp);
}

TEST(plain_form, is_read_with_white_space) {
    EXPECT_TRUE(is_plain(" { \"type\" : \"message\" , \"text\" : 1 , \"timestamp\" : 2 } \n"));
    EXPECT_TRUE(is_plain(written("", " 1\n", "")));
}

TEST(plain_form, is_nothing_else) {
    EXPECT_FALSE(is_plain(""));
    EXPECT_FALSE(is_plain("[]"));
    EXPECT_FALSE(is_plain("{}"));
    EXPECT_FALSE(is_plain(R"({"type":"message"})"));
    EXPECT_FALSE(is_plain(R"({"type":"joined","timestamp":1})"));
    EXPECT_FALSE(is_plain(R"({"timestamp":1,"type":"message"})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","timestamp":1.5})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","timestamp":"1"})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","timestamp":99999999999999999999})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","timestamp":1,"roomId":"1"})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","timestamp":1,"timestamp":2})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","text":1,"text":2,"timestamp":1})"));
    EXPECT_FALSE(is_plain(R"({"type":"message","timestamp":1}x)"));
}

TEST(plain_form, is_no_prefix_of_itself) {
    const std::string payload = written(R"("alice")", R"("Hi")", "[{}]");

    for (std::size_t length = 0; length < payload.size(); ++length) {
        EXPECT_FALSE(is_plain(std::string_view(payload).substr(0, length))) << length;
    }
}

}  // namespace
}  // namespace fanwire
