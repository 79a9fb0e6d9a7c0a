#include "protocol/json/json_decoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace fanwire {
namespace {

// Reads one text as one kind of command; another kind fails the test by its exception.
template <class Command>
Command read(json_decoder& decoder, std::string_view text) {
    return std::get<Command>(decoder.decode(payload_kind::text, text));
}

errc code_of(json_decoder& decoder, std::string_view text) {
    return read<command::invalid>(decoder, text).code;
}

std::string with_room(std::string_view type, std::string_view room) {
    return R"({"type":")" + std::string(type) + R"(","roomId":)" + std::string(room) + "}";
}

TEST(json_decoder, takes_room_names_up_to_the_limit) {
    json_decoder decoder{{32, 256, 64}};
    const std::string digits(256, '9');

    EXPECT_EQ(read<command::join>(decoder, with_room("join", '"' + std::string(256, 'a') + '"')).room.size(),
              256U);
    EXPECT_EQ(code_of(decoder, with_room("join", '"' + std::string(257, 'a') + '"')), errc::bad_room);
    EXPECT_EQ(read<command::join>(decoder, with_room("join", digits)).room.size(), 256U);
    EXPECT_EQ(code_of(decoder, with_room("join", digits + "9")), errc::bad_room);
    EXPECT_EQ(code_of(decoder, R"({"type":"join","pattern":")" + std::string(257, 'a') + R"("})"),
              errc::bad_room);
}

TEST(json_decoder, counts_bytes_of_a_room_name_unescaped) {
    json_decoder decoder{{32, 256, 64}};
    std::string escapes;
    for (int i = 0; i < 256; ++i) escapes += R"(\u0061)";

    EXPECT_EQ(read<command::join>(decoder, with_room("join", '"' + escapes + '"')).room,
              std::string(256, 'a'));
    EXPECT_EQ(code_of(decoder, with_room("join", '"' + escapes + "a\"")), errc::bad_room);
}

TEST(json_decoder, takes_ids_up_to_the_limit) {
    json_decoder decoder{{32, 256, 4}};

    for (const char* id : {R"("")", R"("abcd")", R"("\u0061\u0062\u0063\u0064")", R"("\ud83d\udc4b")", "1234",
                           "-123", "0", "-0"}) {
        EXPECT_EQ(read<command::ping>(decoder, R"({"type":"ping","id":)" + std::string(id) + "}").echo.id,
                  id);
    }
    for (const char* id :
         {R"("abcde")", R"("\u0061bcde")", "12345", "-1234", "1.5", "1e2", "null", "true", "[1]", "{}"}) {
        const std::string text = R"({"type":"ping","id":)" + std::string(id) + "}";
        const auto invalid = read<command::invalid>(decoder, text);
        EXPECT_EQ(invalid.code, errc::bad_request) << id;
        EXPECT_TRUE(invalid.echo.id.empty()) << id;
    }
}

TEST(json_decoder, takes_keys_up_to_the_limit) {
    json_decoder decoder{{32, 256, 4}};

    EXPECT_EQ(read<command::publish>(decoder, R"({"type":"message","key":"abcd"})").key, "abcd");
    EXPECT_EQ(read<command::publish>(decoder, R"({"type":"message","key":"\u0061\"cd"})").key, "a\"cd");
    for (const char* key : {R"("abcde")", R"("\u0061bcde")", R"("")", "1", "null", R"("\ud800")"}) {
        EXPECT_EQ(code_of(decoder, R"({"type":"message","key":)" + std::string(key) + "}"), errc::bad_request)
            << key;
    }
}

TEST(json_decoder, unescapes_room_and_key_of_one_message) {
    json_decoder decoder{{32, 8, 8}};

    const auto publish = read<command::publish>(
        decoder, R"({"type":"message","roomId":"\u0061234567\u0038","key":"\u006b234567\u0038","text":1})");

    EXPECT_EQ(publish.room, "a2345678");
    EXPECT_EQ(publish.key, "k2345678");
}

TEST(json_decoder, takes_nesting_up_to_the_limit) {
    json_decoder decoder{{4, 256, 64}};

    EXPECT_EQ(read<command::publish>(decoder, R"({"type":"message","data":[[[]]]})").data, "[[[]]]");
    EXPECT_EQ(code_of(decoder, R"({"type":"message","data":[[[[]]]]})"), errc::bad_request);
    EXPECT_EQ(code_of(decoder, R"({"type":"message","other":[[[{}]]]})"), errc::bad_request);
}

TEST(json_decoder, echoes_what_could_be_read_of_an_invalid_request) {
    json_decoder decoder{{}};

    const auto no_type = read<command::invalid>(decoder, R"({"roomId":7,"id":"x"})");
    EXPECT_EQ(no_type.echo.id, R"("x")");
    EXPECT_EQ(no_type.echo.room, "7");
    const auto bad_id = read<command::invalid>(decoder, R"({"type":"join","roomId":"a","id":{}})");
    EXPECT_EQ(bad_id.echo.room, R"("a")");
    const auto bad_room = read<command::invalid>(decoder, R"({"type":"join","roomId":"a::b","id":1})");
    EXPECT_EQ(bad_room.echo.room, R"("a::b")");
    EXPECT_EQ(bad_room.echo.id, "1");
    const auto bad_pattern = read<command::invalid>(decoder, R"({"type":"join","pattern":"**:a"})");
    EXPECT_EQ(bad_pattern.echo.room, R"("**:a")");
    EXPECT_TRUE(bad_pattern.echo.is_pattern);
}

TEST(json_decoder, echoes_no_room_that_is_no_name_at_all) {
    json_decoder decoder{{32, 4, 64}};

    EXPECT_TRUE(read<command::invalid>(decoder, with_room("join", "{}")).echo.room.empty());
    EXPECT_TRUE(read<command::invalid>(decoder, with_room("join", "null")).echo.room.empty());
    EXPECT_FALSE(read<command::invalid>(decoder, with_room("join", '"' + std::string(24, 'a') + '"'))
                     .echo.room.empty());
    EXPECT_TRUE(read<command::invalid>(decoder, with_room("join", '"' + std::string(25, 'a') + '"'))
                    .echo.room.empty());
}

TEST(json_decoder, explains_what_is_wrong) {
    json_decoder decoder{{4, 8, 4}};
    const auto reason = [&](std::string_view text) {
        return std::string(read<command::invalid>(decoder, text).reason);
    };

    EXPECT_EQ(reason(""), "the JSON is broken at position 0: it ends too early");
    EXPECT_EQ(reason("hello"), "the message must be a JSON object");
    EXPECT_EQ(reason("[1]"), "the message must be a JSON object");
    EXPECT_EQ(reason(R"({"type":"ping",})"), "the JSON is broken at position 15: unexpected character");
    EXPECT_EQ(reason("{\"type\":\"pi\nng\"}"),
              "the JSON is broken at position 11: a control character stands in a string");
    EXPECT_EQ(reason(R"({"type":"\ping"})"), "the JSON is broken at position 10: there is no such escape");
    EXPECT_EQ(reason(R"({"type":"ping"}{})"), "the JSON is broken at position 15: text follows the object");
    EXPECT_EQ(reason(R"({"a":[[[[]]]]})"), "the JSON is nested deeper than 4 levels");
    EXPECT_EQ(reason(R"({"type":"join"})"), "roomId is missing");
    EXPECT_EQ(reason(R"({"type":"join","roomId":null})"),
              "roomId must be a string, or an integer in plain digits");
    EXPECT_EQ(reason(R"({"type":"join","roomId":"a::b"})"), "roomId is empty or has an empty segment");
    EXPECT_EQ(reason(R"({"type":"join","roomId":"123456789"})"), "roomId is longer than 8 bytes");
    EXPECT_EQ(reason(R"({"type":"join","roomId":"\ud800"})"), "roomId holds half a surrogate pair");
    EXPECT_EQ(reason(R"({"type":"join","pattern":"**:a"})"), "pattern has a ** that is not its last segment");
    EXPECT_EQ(reason(R"({"type":"join","pattern":7})"), "pattern must be a string");
    EXPECT_EQ(reason(R"({"type":"ping","id":12345})"),
              "id must be a string or an integer of at most 4 bytes");
    EXPECT_EQ(reason(R"({"type":"message","key":7})"), "key must be a string of 1 to 4 bytes");
}

}  // namespace
}  // namespace fanwire
