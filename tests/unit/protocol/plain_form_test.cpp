#include "protocol/plain_form.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

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
