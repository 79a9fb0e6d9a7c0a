#include "protocol/plain_form.hpp"

#include "support/fixtures.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {
namespace {

std::string written(std::string_view user, std::string_view text, std::string_view data) {
    std::string out;
    write_plain_form(out, user, text, data, 1'700'000'000'123);
    return out;
}

TEST(plain_form, is_what_the_fixtures_keep) {
    EXPECT_EQ(written(R"("alice")", R"("Hi, Bob")", R"({"n": 1.50})"),
              test::read_fixture("json/plain_all_fields.json"));
    EXPECT_EQ(written("", "", ""), test::read_fixture("json/plain_no_fields.json"));
    EXPECT_EQ(written("", R"("hello")", ""), test::read_fixture("json/plain_text.json"));
    EXPECT_EQ(written(R"({"id":7})", "", "null"), test::read_fixture("json/plain_user_and_data.json"));
}

TEST(plain_form, keeps_the_fields_in_their_order_byte_for_byte) {
    std::string out = "before ";

    write_plain_form(out, R"({"a": 1.50})", "\"x\"", "[ ]", 1'700'000'000'123);

    EXPECT_EQ(
        out,
        R"(before {"type":"message","user":{"a": 1.50},"text":"x","data":[ ],"timestamp":1700000000123})");
}

TEST(plain_form, leaves_absent_fields_out) {
    std::string out;

    write_plain_form(out, {}, {}, {}, -1);

    EXPECT_EQ(out, R"({"type":"message","timestamp":-1})");
}

TEST(plain_form, begins_with_its_head) {
    std::string out;

    write_plain_form(out, {}, "1", {}, 0);

    EXPECT_TRUE(out.starts_with(plain_form_head));
}

}  // namespace
}  // namespace fanwire
