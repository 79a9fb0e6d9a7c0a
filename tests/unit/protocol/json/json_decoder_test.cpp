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

TEST(json_decoder, reads_join) {
    json_decoder decoder{{}};

    const auto join = read<command::join>(decoder, R"({"type":"join","roomId":"chat:room:1"})");

    EXPECT_EQ(join.room, "chat:room:1");
    EXPECT_FALSE(join.is_pattern);
    EXPECT_FALSE(join.has_since);
    EXPECT_EQ(join.echo.room, R"("chat:room:1")");
    EXPECT_TRUE(join.echo.id.empty());
}

TEST(json_decoder, reads_join_of_a_pattern) {
    json_decoder decoder{{}};

    const auto join = read<command::join>(decoder, R"({"type":"join","pattern":"chat:*:**","id":1})");

    EXPECT_EQ(join.room, "chat:*:**");
    EXPECT_TRUE(join.is_pattern);
    EXPECT_EQ(join.echo.room, R"("chat:*:**")");
    EXPECT_TRUE(join.echo.is_pattern);
    EXPECT_EQ(join.echo.id, "1");
}

TEST(json_decoder, reads_join_with_since) {
    json_decoder decoder{{}};

    EXPECT_TRUE(read<command::join>(decoder, R"({"type":"join","roomId":1,"since":{"epoch":"1","offset":2}})")
                    .has_since);
    EXPECT_FALSE(read<command::join>(decoder, R"({"type":"join","roomId":1,"since":null})").has_since);
    EXPECT_EQ(code_of(decoder, R"({"type":"join","roomId":1,"since":5})"), errc::bad_request);
}

TEST(json_decoder, reads_leave) {
    json_decoder decoder{{}};

    const auto leave = read<command::leave>(decoder, R"({"type":"leave","roomId":"a","id":"x"})");

    EXPECT_EQ(leave.room, "a");
    EXPECT_FALSE(leave.is_pattern);
    EXPECT_EQ(leave.echo.id, R"("x")");
    EXPECT_EQ(leave.echo.room, R"("a")");
    EXPECT_TRUE(read<command::leave>(decoder, R"({"type":"leave","pattern":"a:*"})").is_pattern);
}

TEST(json_decoder, reads_a_message) {
    json_decoder decoder{{}};

    const auto publish = read<command::publish>(
        decoder,
        R"({"type":"message","roomId":"a","user":{"n":1.50},"text":"h\u0069","data":[ 1 ],"key":"k1","id":7})");

    EXPECT_EQ(publish.room, "a");
    EXPECT_EQ(publish.user, R"({"n":1.50})");
    EXPECT_EQ(publish.text, R"("h\u0069")");
    EXPECT_EQ(publish.data, "[ 1 ]");
    EXPECT_EQ(publish.key, "k1");
    EXPECT_EQ(publish.echo.id, "7");
    EXPECT_EQ(publish.echo.room, R"("a")");
}

TEST(json_decoder, keeps_absent_fields_of_a_message_apart_from_null) {
    json_decoder decoder{{}};

    const auto publish =
        read<command::publish>(decoder, R"({"type":"message","roomId":"a","user":null,"text":""})");

    EXPECT_EQ(publish.user, "null");
    EXPECT_EQ(publish.text, R"("")");
    EXPECT_TRUE(publish.data.empty());
    EXPECT_TRUE(publish.key.empty());
}

TEST(json_decoder, reads_a_message_to_everybody_only_without_any_room) {
    json_decoder decoder{{}};

    const auto publish = read<command::publish>(decoder, R"({"type":"message","text":"hi"})");

    EXPECT_TRUE(publish.room.empty());
    EXPECT_TRUE(publish.echo.room.empty());
    for (const char* room :
         {"null", R"("")", "false", "true", "[]", "{}", R"(["a"])", "7.0", "7e0", "-1", "-0", R"(":")"}) {
        EXPECT_EQ(code_of(decoder, with_room("message", room)), errc::bad_room) << room;
    }
}

TEST(json_decoder, reads_ping) {
    json_decoder decoder{{}};

    EXPECT_TRUE(read<command::ping>(decoder, R"({"type":"ping"})").echo.id.empty());
    EXPECT_EQ(read<command::ping>(decoder, R"({"type":"ping","id":3,"roomId":null})").echo.id, "3");
}

TEST(json_decoder, says_that_no_room_has_history) {
    json_decoder decoder{{}};

    const auto invalid = read<command::invalid>(decoder, R"({"type":"history","roomId":"a","id":4})");

    EXPECT_EQ(invalid.code, errc::no_history);
    EXPECT_EQ(invalid.echo.id, "4");
    EXPECT_EQ(invalid.echo.room, R"("a")");
}

TEST(json_decoder, refuses_types_that_it_does_not_know) {
    json_decoder decoder{{}};

    for (const char* type :
         {"presence", "call", "resume", "refresh", "joined", "Join", "", "join ", "messages"}) {
        EXPECT_EQ(code_of(decoder, with_room(type, R"("a")")), errc::unknown_type) << type;
    }
}

TEST(json_decoder, refuses_a_type_that_is_no_string) {
    json_decoder decoder{{}};

    for (const char* text : {"{}", R"({"roomId":"a"})", R"({"type":null})", R"({"type":1})",
                             R"({"type":["join"]})", R"({"type":{"join":1}})", R"({"type":true})"}) {
        EXPECT_EQ(code_of(decoder, text), errc::bad_request) << text;
    }
}

TEST(json_decoder, knows_types_and_names_with_escapes) {
    json_decoder decoder{{}};

    const auto join =
        read<command::join>(decoder, R"({"\u0074ype":"jo\u0069n","ro\u006fmId":"\u0061:\ud83d\udc4b"})");

    EXPECT_EQ(join.room, "a:\xf0\x9f\x91\x8b");
    EXPECT_EQ(join.echo.room, R"("\u0061:\ud83d\udc4b")");
}

TEST(json_decoder, takes_plain_digits_for_a_room) {
    json_decoder decoder{{}};

    for (const char* digits : {"7", "0", "10", "123456789012345678901234567890"}) {
        const std::string text = with_room("join", digits);
        const auto join = read<command::join>(decoder, text);
        EXPECT_EQ(join.room, digits);
        EXPECT_EQ(join.echo.room, digits);
    }
}

TEST(json_decoder, refuses_other_numbers_for_a_room) {
    json_decoder decoder{{}};

    for (const char* room : {"7.0", "7e0", "7E2", "-7", "-0", "0.5"}) {
        EXPECT_EQ(code_of(decoder, with_room("join", room)), errc::bad_room) << room;
    }
    EXPECT_EQ(code_of(decoder, with_room("join", "007")), errc::bad_request);
}

TEST(json_decoder, takes_unusual_room_names) {
    json_decoder decoder{{}};

    for (const char* name :
         {" ", "*", "a:*:**", "a.b/c", "{x}%", "\xf0\x9f\x91\x8b", "stra\xc3\x9f:1", "__proto__"}) {
        const std::string text = with_room("join", '"' + std::string(name) + '"');
        EXPECT_EQ(read<command::join>(decoder, text).room, name);
    }
    EXPECT_EQ(read<command::join>(decoder, with_room("join", R"("a\u0000\n")")).room,
              std::string_view("a\0\n", 3));
}

TEST(json_decoder, refuses_what_is_no_room_name) {
    json_decoder decoder{{}};

    for (const char* room :
         {R"("")", R"(":")", R"("a::b")", R"(":a")", R"("a:")", R"("\u003a")", R"("a:\u003ab")",
          R"("\ud800")", R"("a\udc00b")", "null", "true", "false", "[]", "{}"}) {
        EXPECT_EQ(code_of(decoder, with_room("join", room)), errc::bad_room) << room;
        EXPECT_EQ(code_of(decoder, with_room("leave", room)), errc::bad_room) << room;
    }
    EXPECT_EQ(code_of(decoder, R"({"type":"join"})"), errc::bad_room);
    EXPECT_EQ(code_of(decoder, R"({"type":"leave"})"), errc::bad_room);
}

TEST(json_decoder, refuses_what_is_no_pattern) {
    json_decoder decoder{{}};

    for (const char* pattern :
         {R"("")", R"("a::*")", R"("a:**:b")", R"("**:a")", "7", "null", R"(["*"])", R"("\ud800:*")"}) {
        EXPECT_EQ(code_of(decoder, R"({"type":"join","pattern":)" + std::string(pattern) + "}"),
                  errc::bad_room)
            << pattern;
    }
}

TEST(json_decoder, takes_either_a_room_or_a_pattern) {
    json_decoder decoder{{}};

    EXPECT_EQ(code_of(decoder, R"({"type":"join","roomId":"a","pattern":"a:*"})"), errc::bad_request);
    EXPECT_EQ(code_of(decoder, R"({"type":"leave","roomId":"a","pattern":"a:*"})"), errc::bad_request);
    EXPECT_EQ(code_of(decoder, R"({"type":"message","pattern":"a:*","text":"x"})"), errc::bad_request);
    EXPECT_EQ(code_of(decoder, R"({"type":"message","roomId":"a","pattern":"a:*"})"), errc::bad_request);
}

TEST(json_decoder, lets_the_last_of_several_count) {
    json_decoder decoder{{}};

    EXPECT_EQ(
        read<command::join>(decoder, R"({"type":"leave","roomId":"a","type":"join","roomId":"b"})").room,
        "b");
    EXPECT_EQ(code_of(decoder, R"({"type":"message","roomId":"a","roomId":null})"), errc::bad_room);
}

TEST(json_decoder, reads_binary_messages_of_utf8) {
    json_decoder decoder{{}};
    const std::string join = "{\"type\":\"join\",\"roomId\":\"\xc3\xa9\"}";
    const std::string broken = "{\"type\":\"join\",\"roomId\":\"\xc3\"}";

    EXPECT_EQ(std::get<command::join>(decoder.decode(payload_kind::binary, join)).room, "\xc3\xa9");
    const auto invalid = std::get<command::invalid>(decoder.decode(payload_kind::binary, broken));
    EXPECT_EQ(invalid.code, errc::bad_request);
    EXPECT_EQ(invalid.reason, "the message is not UTF-8");
}

TEST(json_decoder, is_not_confused_by_what_came_before) {
    json_decoder decoder{{}};

    EXPECT_EQ(code_of(decoder, R"({"type":"message","roomId":"\u0061\ud800","key":"\u0061"})"),
              errc::bad_room);
    EXPECT_EQ(read<command::join>(decoder, R"({"type":"join","roomId":"\u0062"})").room, "b");
    EXPECT_EQ(read<command::publish>(decoder, R"({"type":"message","key":"\u0063"})").key, "c");
}

}  // namespace
}  // namespace fanwire
