#include "protocol/json/json_fields.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

TEST(json_fields, finds_every_field_by_its_name) {
    json_scanner scanner(
        R"({"since":1,"data":2,"text":3,"user":4,"key":5,"id":6,"pattern":7,"roomId":8,"type":9})", 32);
    json_fields fields;

    ASSERT_TRUE(fields.read(scanner));

    EXPECT_EQ(fields[json_field::since].text, "1");
    EXPECT_EQ(fields[json_field::data].text, "2");
    EXPECT_EQ(fields[json_field::text].text, "3");
    EXPECT_EQ(fields[json_field::user].text, "4");
    EXPECT_EQ(fields[json_field::key].text, "5");
    EXPECT_EQ(fields[json_field::id].text, "6");
    EXPECT_EQ(fields[json_field::pattern].text, "7");
    EXPECT_EQ(fields[json_field::room].text, "8");
    EXPECT_EQ(fields[json_field::type].text, "9");
}

TEST(json_fields, knows_a_name_with_escapes) {
    json_scanner scanner(R"({"ro\u006fmId":1,"\u0074\u0079\u0070\u0065":2})", 32);
    json_fields fields;

    ASSERT_TRUE(fields.read(scanner));

    EXPECT_EQ(fields[json_field::room].text, "1");
    EXPECT_EQ(fields[json_field::type].text, "2");
}

TEST(json_fields, keeps_the_last_of_several) {
    json_scanner scanner(R"({"roomId":"first","id":1,"roomId":null,"\u0069d":"\n"})", 32);
    json_fields fields;

    ASSERT_TRUE(fields.read(scanner));

    EXPECT_EQ(fields[json_field::room].kind, json_kind::null);
    EXPECT_EQ(fields[json_field::id].text, R"("\n")");
    EXPECT_TRUE(fields[json_field::id].is_escaped);
}

TEST(json_fields, passes_over_all_others) {
    json_scanner scanner(R"({"Type":1,"roomid":2,"":3,"data ":4,"nested":{"id":5}})", 32);
    json_fields fields;

    ASSERT_TRUE(fields.read(scanner));

    for (std::size_t i = 0; i < json_field_count; ++i)
        EXPECT_FALSE(fields.has(static_cast<json_field>(i))) << i;
}

TEST(json_fields, reports_a_fault_behind_its_fields) {
    json_scanner scanner(R"({"type":"ping","x":})", 32);
    json_fields fields;

    EXPECT_FALSE(fields.read(scanner));
}

}  // namespace
}  // namespace fanwire
