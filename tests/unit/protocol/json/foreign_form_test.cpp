#include "protocol/json/foreign_form.hpp"

#include "protocol/json/json_scanner.hpp"
#include "support/envelope_fixtures.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace fanwire {
namespace {

using nlohmann::json;
using enum codec_kind;

std::string written(codec_kind kind, std::string_view payload, std::string_view room = "chat:1") {
    std::string out = "before ";
    write_foreign(kind, {std::string(room), std::string(payload), payload_form::foreign, 123}, out);
    return out.substr(7);
}

TEST(foreign_form, gives_classic_members_any_object_byte_for_byte) {
    for (const char* object :
         {"{}", R"({"type":"message","text":"x"})", R"( { "a" : 1.50 , "a":2 } )", R"({"type":"welcome"})",
          R"({"type":null,"roomId":"x"})", "{\"t\":\"\\ud800\"}\n"}) {
        EXPECT_EQ(written(classic, object), object);
    }
}

TEST(foreign_form, adds_the_room_for_v1_members) {
    EXPECT_EQ(written(v1, R"({"type":"message","user":"u","text":"t","timestamp":1})"),
              R"({"type":"message","roomId":"chat:1","user":"u","text":"t","timestamp":1})");
    EXPECT_EQ(written(v1, R"( { "text" : 1.50, "type" : "message" } )"),
              R"({"type":"message","roomId":"chat:1","text":1.50})");
    EXPECT_EQ(written(v1, R"({"type":"message"})", "a\"b"), R"({"type":"message","roomId":"a\"b"})");
}

TEST(foreign_form, adds_a_missing_type_for_v1_members) {
    EXPECT_EQ(written(v1, R"({"text":"t"})"), R"({"type":"message","roomId":"chat:1","text":"t"})");
    EXPECT_EQ(written(v1, "{}"), R"({"type":"message","roomId":"chat:1"})");
    EXPECT_EQ(written(v1, "{}", ""), R"({"type":"message"})");
}

TEST(foreign_form, keeps_a_type_that_is_not_ours) {
    EXPECT_EQ(written(v1, R"({"type":"price","value":3})"),
              R"({"type":"price","roomId":"chat:1","value":3})");
    EXPECT_EQ(written(v1, R"({"type":"","value":3})"), R"({"type":"","roomId":"chat:1","value":3})");
    EXPECT_EQ(written(v1, R"({"type":"jo\u0069n"})"), R"({"type":"jo\u0069n","roomId":"chat:1"})");
}

TEST(foreign_form, puts_our_own_types_under_data_for_v1_members) {
    for (const char* type : {"joined", "left", "ack", "error", "direct", "presence", "gap", "welcome",
                             "moving", "expiring", "result", "resumed", "pong", "history"}) {
        const std::string object = R"({"type":")" + std::string(type) + R"(","roomId":"x"})";
        EXPECT_EQ(written(v1, object),
                  R"({"type":"message","roomId":"chat:1","data":)" + object + R"(,"timestamp":123})");
    }
}

TEST(foreign_form, knows_our_own_types_in_disguise) {
    for (const char* object :
         {R"({"type":"\u0065rror"})", R"({"t\u0079pe":"error"})", R"({"type":"price","type":"error"})",
          R"({"type":1})", R"({"type":null})", R"({"type":{"a":"message"}})"}) {
        const auto message = json::parse(written(v1, object));
        EXPECT_EQ(message["type"], "message") << object;
        EXPECT_EQ(message["data"], json::parse(object)) << object;
    }
}

TEST(foreign_form, writes_type_and_room_once_for_v1_members) {
    EXPECT_EQ(
        written(v1, R"({"roomId":"a","type":"error","roomId":7,"x":1,"ro\u006fmId":"b","type":"price"})"),
        R"({"type":"price","roomId":"chat:1","x":1})");
    EXPECT_EQ(written(v1, R"({"type":"message","roomId":"a","text":"t"})", ""),
              R"({"type":"message","text":"t"})");
}

TEST(foreign_form, leaves_nested_names_alone) {
    EXPECT_EQ(written(v1, R"({"data":{"type":"error","roomId":"a"}})"),
              R"({"type":"message","roomId":"chat:1","data":{"type":"error","roomId":"a"}})");
}

TEST(foreign_form, puts_other_json_under_data) {
    for (const char* value : {"7", "-1.50", "true", "null", R"("x\u0041")", "[1, 2]", "[]"}) {
        EXPECT_EQ(written(classic, value),
                  R"({"type":"message","data":)" + std::string(value) + R"(,"timestamp":123})");
        EXPECT_EQ(written(v1, value), R"({"type":"message","roomId":"chat:1","data":)" + std::string(value) +
                                          R"(,"timestamp":123})");
    }
    EXPECT_EQ(written(classic, " [1]\n"), R"({"type":"message","data":[1],"timestamp":123})");
    EXPECT_EQ(written(v1, "7", ""), R"({"type":"message","data":7,"timestamp":123})");
}

TEST(foreign_form, puts_text_under_data) {
    for (const std::string text :
         {"", " ", "hello", "{\"a\":", "line\n\"quoted\"", "stra\xc3\x9f:1", "01", "{}{}", "nul"}) {
        const auto message = json::parse(written(classic, text));
        EXPECT_EQ(message, json({{"type", "message"}, {"data", text}, {"timestamp", 123}}));
    }
    EXPECT_EQ(written(v1, "hi"), R"({"type":"message","roomId":"chat:1","data":"hi","timestamp":123})");
    EXPECT_EQ(written(classic, std::string_view("\0", 1)),
              R"({"type":"message","data":"\u0000","timestamp":123})");
}

TEST(foreign_form, puts_bytes_under_data_in_base64) {
    EXPECT_EQ(written(classic, "\xff"), R"({"type":"message","data":{"base64":"/w=="},"timestamp":123})");
    EXPECT_EQ(written(classic, "\xff\xfe"), R"({"type":"message","data":{"base64":"//4="},"timestamp":123})");
    EXPECT_EQ(written(v1, "\xfb\xef\xbe"),
              R"({"type":"message","roomId":"chat:1","data":{"base64":"++++"},"timestamp":123})");
    EXPECT_EQ(written(classic, "{\"a\":\"\xc3\"}"),
              R"({"type":"message","data":{"base64":"eyJhIjoiwyJ9"},"timestamp":123})");
}

TEST(foreign_form, gives_members_of_each_dialect_what_is_in_an_envelope) {
    for (const auto& fixture : test::envelope_fixtures()) {
        if (!fixture.fault.empty()) continue;
        const room_message message{"chat:1", fixture.payload, payload_form::enveloped, 123,
                                   std::make_shared<message_head>(fixture.head)};

        std::string told[2];
        write_foreign(classic, message, told[0]);
        write_foreign(v1, message, told[1]);

        EXPECT_EQ(told[0], fixture.classic) << fixture.name;
        EXPECT_EQ(told[1], fixture.v1) << fixture.name;
    }
}

TEST(foreign_form, follows_nesting_to_the_scanners_limit) {
    const std::string deep = R"({"a":)" + std::string(511, '[') + std::string(511, ']') + "}";
    const std::string too_deep = R"({"a":)" + std::string(512, '[') + std::string(512, ']') + "}";

    EXPECT_EQ(written(classic, deep), deep);
    EXPECT_EQ(json::parse(written(classic, too_deep))["data"], too_deep);
    EXPECT_EQ(json::parse(written(v1, too_deep))["data"], too_deep);
}

}  // namespace
}  // namespace fanwire
