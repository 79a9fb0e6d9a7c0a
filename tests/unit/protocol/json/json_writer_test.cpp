#include "protocol/json/json_writer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace fanwire {
namespace {

TEST(json_writer, writes_members_in_order) {
    std::string out = "before ";

    json_writer(out, "thing").raw("a", "[1, 2]").text("b", "x\"y").number("c", -5).flag("d", true).end();

    EXPECT_EQ(out, R"(before {"type":"thing","a":[1, 2],"b":"x\"y","c":-5,"d":true})");
}

TEST(json_writer, leaves_out_what_is_absent) {
    std::string out;

    json_writer(out, "thing").raw("a", "").flag("b", false).text("c", "").end();

    EXPECT_EQ(out, R"({"type":"thing","c":""})");
}

TEST(json_writer, goes_on_with_an_object) {
    std::string out = R"({"x":1)";

    json_writer writer(out);
    writer.key("data");
    out += "null";
    writer.end();

    EXPECT_EQ(out, R"({"x":1,"data":null})");
}

TEST(write_number, writes_the_greatest_and_the_least) {
    std::string out;

    write_number(std::numeric_limits<std::int64_t>::min(), out);
    out += ' ';
    write_number(std::numeric_limits<std::int64_t>::max(), out);

    EXPECT_EQ(out, "-9223372036854775808 9223372036854775807");
}

}  // namespace
}  // namespace fanwire
