#include "protocol/json/json_string.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace fanwire {
namespace {

std::string written(std::string_view text) {
    std::string out;
    write_json_string(text, out);
    return out;
}

std::string unescaped(std::string_view raw) {
    std::string out;
    EXPECT_TRUE(unescape(raw, out)) << raw;
    EXPECT_EQ(unescaped_bytes(raw), out.size()) << raw;
    return out;
}

TEST(find_special, finds_each_kind_at_each_place) {
    for (const char special : {'"', '\\', '\0', '\n', '\x1f'}) {
        for (std::size_t at = 0; at < 40; ++at) {
            std::string text(40, 'a');
            text[at] = special;
            EXPECT_EQ(find_special(text.data(), text.data() + text.size()), text.data() + at);
        }
    }
}

TEST(find_special, finds_the_first) {
    const std::string text = "abc\"\\\ndefgh";

    EXPECT_EQ(find_special(text.data(), text.data() + text.size()), text.data() + 3);
}

TEST(find_special, passes_everything_else) {
    std::string text;
    for (int byte = 0x20; byte < 0x100; ++byte) {
        if (byte != '"' && byte != '\\') text += static_cast<char>(byte);
    }

    for (std::size_t start = 0; start < text.size(); ++start) {
        const char* const end = text.data() + text.size();
        EXPECT_EQ(find_special(text.data() + start, end), end);
    }
}

TEST(write_json_string, escapes_only_what_must_be) {
    EXPECT_EQ(written(""), R"("")");
    EXPECT_EQ(written("gr\xc3\xbc\xc3\x9f / \x7f"), "\"gr\xc3\xbc\xc3\x9f / \x7f\"");
    EXPECT_EQ(written("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(written("\b\f\n\r\t"), R"("\b\f\n\r\t")");
    EXPECT_EQ(written(std::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
}

TEST(write_json_string, is_read_back_by_another_library) {
    for (int byte = 0; byte < 0x80; ++byte) {
        const std::string text = "before " + std::string(1, static_cast<char>(byte)) + " behind";
        EXPECT_EQ(nlohmann::json::parse(written(text)).get<std::string>(), text);
    }
}

TEST(unescape, knows_every_escape) {
    EXPECT_EQ(unescaped(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(unescaped(R"(plain)"), "plain");
    EXPECT_EQ(unescaped(""), "");
    EXPECT_EQ(unescaped(R"(\u0041)"), "A");
    EXPECT_EQ(unescaped(R"(x\u0000y)"), std::string("x\0y", 3));
    EXPECT_EQ(unescaped(R"(\u007f\u0080\u07FF\u0800\uffff)"), "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf");
}

TEST(unescape, joins_surrogate_pairs) {
    EXPECT_EQ(unescaped(R"(\ud83d\udc4b)"), "\xf0\x9f\x91\x8b");
    EXPECT_EQ(unescaped(R"(\uD800\uDC00)"), "\xf0\x90\x80\x80");
    EXPECT_EQ(unescaped(R"(\udbff\udfff!)"), "\xf4\x8f\xbf\xbf!");
}

TEST(unescape, refuses_half_a_pair) {
    for (const char* raw : {R"(\ud800)", R"(\udfff)", R"(\ud800x)", R"(\ud800\u0041)", R"(\ud800\ud800)",
                            R"(\udc00\ud800)", R"(\ud800\n)", R"(a\ud83d)", R"(\ud83d\ud83d\udc4b)"}) {
        std::string out;
        EXPECT_FALSE(unescape(raw, out)) << raw;
    }
}

TEST(unescaped_bytes, counts_half_a_pair_as_three) {
    EXPECT_EQ(unescaped_bytes(R"(\ud800)"), 3U);
    EXPECT_EQ(unescaped_bytes(R"(\ud800\u0041)"), 4U);
    EXPECT_EQ(unescaped_bytes(R"(\udc00\ud800)"), 6U);
}

TEST(stands_for, compares_what_is_meant) {
    EXPECT_TRUE(stands_for(R"(ro\u006fmId)", "roomId"));
    EXPECT_TRUE(stands_for(R"(\u0072\u006f\u006f\u006d\u0049\u0064)", "roomId"));
    EXPECT_FALSE(stands_for(R"(\u0052oomId)", "roomId"));
    EXPECT_FALSE(stands_for(R"(roomId\u0000)", "roomId"));
    EXPECT_FALSE(stands_for(R"(\ud800ooId)", "roomId"));
    EXPECT_FALSE(stands_for(std::string(1000, 'a') + R"(\n)", "roomId"));
}

}  // namespace
}  // namespace fanwire
