#include "protocol/json/json_scanner.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanwire {
namespace {

bool is_valid(std::string_view text) {
    json_value value;
    return json_scanner(text, max_scan_depth).whole(value);
}

bool is_valid_object(std::string_view text, unsigned max_depth = max_scan_depth) {
    json_scanner scanner(text, max_depth);
    json_member member;
    while (scanner.next(member)) continue;
    return scanner.fault() == json_fault::none;
}

struct found_fault {
    json_fault fault;
    std::size_t position;
    friend bool operator==(const found_fault&, const found_fault&) = default;
};

found_fault fault_of(std::string_view text) {
    json_scanner scanner(text, max_scan_depth);
    json_member member;
    while (scanner.next(member)) continue;
    return {scanner.fault(), scanner.position()};
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(json_scanner, cuts_an_object_into_its_members) {
    json_scanner scanner(R"( { "a" : 1 , "b\n":"x\"y","c":[1,{"d":2}] , "e" :{ },"f":true,"g":null} )",
                         max_scan_depth);
    std::vector<json_member> members;
    json_member member;

    while (scanner.next(member)) members.push_back(member);

    EXPECT_EQ(scanner.fault(), json_fault::none);
    ASSERT_EQ(members.size(), 6U);
    EXPECT_EQ(members[0].key.inside(), "a");
    EXPECT_EQ(members[0].value.text, "1");
    EXPECT_EQ(members[1].key.inside(), R"(b\n)");
    EXPECT_EQ(members[1].value.text, R"("x\"y")");
    EXPECT_EQ(members[2].value.text, R"([1,{"d":2}])");
    EXPECT_EQ(members[3].value.text, "{ }");
    EXPECT_EQ(members[4].value.text, "true");
    EXPECT_EQ(members[5].value.text, "null");
}

TEST(json_scanner, tells_kinds_and_escapes) {
    json_scanner scanner(R"({"\u0061":"\n","b":"n","c":-1.5e3,"d":false,"e":null,"f":[],"g":{}})",
                         max_scan_depth);
    std::vector<json_member> members;
    json_member member;

    while (scanner.next(member)) members.push_back(member);

    ASSERT_EQ(members.size(), 7U);
    EXPECT_TRUE(members[0].key.is_escaped);
    EXPECT_TRUE(members[0].value.is_escaped);
    EXPECT_TRUE(members[0].is_named("a"));
    EXPECT_FALSE(members[1].key.is_escaped);
    EXPECT_FALSE(members[1].value.is_escaped);
    EXPECT_EQ(members[1].value.kind, json_kind::string);
    EXPECT_EQ(members[2].value.kind, json_kind::number);
    EXPECT_EQ(members[3].value.kind, json_kind::boolean);
    EXPECT_EQ(members[4].value.kind, json_kind::null);
    EXPECT_EQ(members[5].value.kind, json_kind::array);
    EXPECT_EQ(members[6].value.kind, json_kind::object);
}

TEST(json_scanner, says_what_is_wrong_and_where) {
    using enum json_fault;
    EXPECT_EQ(fault_of(""), (found_fault{unexpected_end, 0}));
    EXPECT_EQ(fault_of("  "), (found_fault{unexpected_end, 2}));
    EXPECT_EQ(fault_of("[1]"), (found_fault{not_an_object, 0}));
    EXPECT_EQ(fault_of(" hello"), (found_fault{not_an_object, 1}));
    EXPECT_EQ(fault_of("{"), (found_fault{unexpected_end, 1}));
    EXPECT_EQ(fault_of("{a:1}"), (found_fault{unexpected_character, 1}));
    EXPECT_EQ(fault_of(R"({"a" 1})"), (found_fault{unexpected_character, 5}));
    EXPECT_EQ(fault_of(R"({"a":})"), (found_fault{unexpected_character, 5}));
    EXPECT_EQ(fault_of(R"({"a":1,})"), (found_fault{unexpected_character, 7}));
    EXPECT_EQ(fault_of(R"({"a":1 "b":2})"), (found_fault{unexpected_character, 7}));
    EXPECT_EQ(fault_of(R"({"a":[1,]})"), (found_fault{unexpected_character, 8}));
    EXPECT_EQ(fault_of(R"({"a":[1}})"), (found_fault{unexpected_character, 7}));
    EXPECT_EQ(fault_of(R"({"a":01})"), (found_fault{unexpected_character, 6}));
    EXPECT_EQ(fault_of(R"({"a":tru})"), (found_fault{unexpected_character, 8}));
    EXPECT_EQ(fault_of("{\"a\":\"x\ny\"}"), (found_fault{control_character, 7}));
    EXPECT_EQ(fault_of(R"({"a":"\x"})"), (found_fault{bad_escape, 7}));
    EXPECT_EQ(fault_of(R"({"a":"\u12g4"})"), (found_fault{bad_escape, 10}));
    EXPECT_EQ(fault_of(R"({"a":1} x)"), (found_fault{trailing_text, 8}));
    EXPECT_EQ(fault_of(R"({}{})"), (found_fault{trailing_text, 2}));
}

TEST(json_scanner, gives_nothing_more_after_a_fault) {
    json_scanner scanner(R"({"a":x,"b":1})", max_scan_depth);
    json_member member;

    EXPECT_FALSE(scanner.next(member));
    EXPECT_FALSE(scanner.next(member));
    EXPECT_EQ(scanner.fault(), json_fault::unexpected_character);
}

TEST(json_scanner, accepts_all_that_the_grammar_allows) {
    for (const char* text : {"0",
                             "-0",
                             "1",
                             "-1",
                             "0.0",
                             "-0.1e+1",
                             "1E400",
                             "1e-400",
                             "123456789012345678901234567890",
                             "true",
                             "false",
                             "null",
                             R"("")",
                             R"("\"\\\/\b\f\n\r\t\u00aF")",
                             R"("\ud800")",
                             R"("\udc00\ud800")",
                             "\"\x7f\"",
                             "\"\xe2\x80\xa8\"",
                             "[]",
                             "[ ]",
                             "{}",
                             "{ }",
                             "[[],{}]",
                             "\t\r\n [1 , 2]\t\r\n ",
                             R"({"":0})",
                             R"({"a":1,"a":2})",
                             R"([null,[null,{"a":[{}]}],"x"])"}) {
        EXPECT_TRUE(is_valid(text)) << text;
    }
}

TEST(json_scanner, refuses_all_else) {
    for (const char* text : {"",
                             " ",
                             "-",
                             "+1",
                             "01",
                             "-01",
                             "1.",
                             ".5",
                             "1.e1",
                             "1e",
                             "1e+",
                             "1e1.5",
                             "0x1",
                             "1_0",
                             "1 2",
                             "NaN",
                             "Infinity",
                             "-Infinity",
                             "True",
                             "nul",
                             "nulll",
                             "truefalse",
                             "'a'",
                             "\"",
                             "\"a",
                             "\"\\\"",
                             "\"\\",
                             "\"\\u",
                             "\"\\u12",
                             "\"\\u123\"",
                             R"("\U0041")",
                             R"("\'")",
                             R"("\0")",
                             "\"\t\"",
                             "\"\x1f\"",
                             "\"a\" \"b\"",
                             "[",
                             "]",
                             "[1",
                             "[1,",
                             "[,1]",
                             "[1,,2]",
                             "[1 2]",
                             "[1}",
                             "{",
                             "}",
                             "{]",
                             "{1:2}",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\" \"b\"}",
                             "{:1}",
                             "{,}",
                             "{\"a\":1,}",
                             "{\"a\":1]",
                             "{'a':1}",
                             "{a:1}",
                             "[1]]",
                             "{}}",
                             "\xef\xbb\xbf{}",
                             "[1]//x",
                             "/*x*/1",
                             "\f1",
                             "\v1",
                             "\xc2\xa0true",
                             "[\"a\"",
                             "[\"a\",\"b",
                             "[true,fals]",
                             "[-]",
                             "{\"a\":{\"b\":1}",
                             "<html>",
                             "undefined"}) {
        EXPECT_FALSE(is_valid(text)) << text;
    }
    EXPECT_FALSE(is_valid(std::string_view("1\0", 2)));
    EXPECT_FALSE(is_valid(std::string_view("\"\0\"", 3)));
    EXPECT_FALSE(is_valid(std::string_view("\0", 1)));
}

TEST(json_scanner, follows_nesting_to_the_limit_and_no_further) {
    for (const unsigned limit : {1U, 2U, 32U, 63U, 64U, 65U, 511U, 512U}) {
        json_value value;
        EXPECT_TRUE(json_scanner(nested(limit), limit).whole(value)) << limit;
        const std::string text = nested(limit + 1);
        json_scanner deeper(text, limit);
        EXPECT_FALSE(deeper.whole(value)) << limit;
        EXPECT_EQ(deeper.fault(), json_fault::too_deep) << limit;
    }
}

TEST(json_scanner, counts_the_outermost_object_as_one_level) {
    EXPECT_TRUE(is_valid_object(R"({"a":1})", 1));
    EXPECT_FALSE(is_valid_object(R"({"a":[]})", 1));
    EXPECT_TRUE(is_valid_object(R"({"a":)" + nested(31) + "}", 32));
    EXPECT_FALSE(is_valid_object(R"({"a":)" + nested(32) + "}", 32));
    EXPECT_TRUE(is_valid_object(R"({"a":)" + nested(31) + R"(,"b":)" + nested(31) + "}", 32));
    EXPECT_FALSE(is_valid_object("{}", 0));
}

TEST(json_scanner, never_follows_nesting_beyond_its_own_limit) {
    EXPECT_TRUE(is_valid_object(R"({"a":)" + nested(511) + "}", 100'000));
    EXPECT_FALSE(is_valid_object(R"({"a":)" + nested(512) + "}", 100'000));
    EXPECT_FALSE(is_valid(std::string(1'000'000, '[')));
}

TEST(json_scanner, keeps_arrays_and_objects_apart_at_every_depth) {
    std::string opening;
    std::string closing;
    for (int depth = 0; depth < 500; ++depth) {
        const bool is_object = depth % 3 == 0;
        opening += is_object ? "{\"a\":" : "[";
        closing.insert(0, is_object ? "}" : "]");
    }

    EXPECT_TRUE(is_valid(opening + "1" + closing));
    for (std::size_t at = 0; at < closing.size(); ++at) {
        std::string wrong = closing;
        wrong[at] = wrong[at] == '}' ? ']' : '}';
        EXPECT_FALSE(is_valid(std::string(opening).append("1").append(wrong))) << at;
    }
}

TEST(is_json_value, takes_any_one_value_of_utf8) {
    EXPECT_TRUE(is_json_value(" {\"a\":\"\xc3\xa9\"}\n"));
    EXPECT_TRUE(is_json_value("7"));
    EXPECT_FALSE(is_json_value(""));
    EXPECT_FALSE(is_json_value("1,2"));
    EXPECT_FALSE(is_json_value("1,\"x\":2"));
    EXPECT_FALSE(is_json_value("\"\xc3\""));
    EXPECT_TRUE(is_json_value(nested(3), 3));
    EXPECT_FALSE(is_json_value(nested(4), 3));
}

TEST(is_json_value, leaves_room_for_the_message_around_it) {
    EXPECT_TRUE(is_json_value(nested(511)));
    EXPECT_FALSE(is_json_value(nested(512)));
    EXPECT_TRUE(is_valid_object(R"({"type":"message","data":)" + nested(511) + "}"));
}

}  // namespace
}  // namespace fanwire
