#include "base/utf8.hpp"

#include "support/reference_utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanwire::test {

namespace {

/// What a validator says of `text` fed in pieces that end at the set bits of `cuts`: bit 0 is behind the
/// first byte.
bool is_utf8_in_pieces(std::string_view text, unsigned cuts) {
    utf8_validator validator;
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= text.size(); ++end) {
        const bool is_cut = end == text.size() || (cuts >> (end - 1) & 1U) != 0;
        if (!is_cut) continue;
        if (!validator.feed(text.substr(begin, end - begin))) return false;
        begin = end;
    }
    return validator.complete();
}

void expect_as_reference(std::string_view text) {
    const bool expected = reference_is_utf8(text);
    ASSERT_EQ(is_utf8(text), expected) << testing::PrintToString(text);
    for (unsigned cuts = 1; cuts < 1U << (text.size() - 1); ++cuts) {
        ASSERT_EQ(is_utf8_in_pieces(text, cuts), expected)
            << testing::PrintToString(text) << " cut by " << cuts;
    }
}

TEST(utf8_validator, is_small) { EXPECT_LE(sizeof(utf8_validator), 4U); }

TEST(utf8_validator, agrees_with_the_reference_on_all_sequences_of_one_byte) {
    for (unsigned a = 0; a < 256; ++a) expect_as_reference(std::string{static_cast<char>(a)});
}

TEST(utf8_validator, agrees_with_the_reference_on_all_sequences_of_two_bytes) {
    std::string text(2, '\0');
    for (unsigned n = 0; n < 1U << 16U; ++n) {
        text[0] = static_cast<char>(n >> 8U);
        text[1] = static_cast<char>(n & 0xFFU);
        ASSERT_NO_FATAL_FAILURE(expect_as_reference(text));
    }
}

TEST(utf8_validator, agrees_with_the_reference_on_all_sequences_of_three_bytes) {
    std::string text(3, '\0');
    for (unsigned n = 0; n < 1U << 24U; ++n) {
        text[0] = static_cast<char>(n >> 16U);
        text[1] = static_cast<char>(n >> 8U & 0xFFU);
        text[2] = static_cast<char>(n & 0xFFU);
        const bool expected = reference_is_utf8(text);
        for (unsigned cuts = 0; cuts < 4; ++cuts) {
            ASSERT_EQ(is_utf8_in_pieces(text, cuts), expected) << std::hex << n << " cut by " << cuts;
        }
    }
}

TEST(utf8_validator, agrees_with_the_reference_at_all_bounds_of_four_bytes) {
    const std::vector<unsigned> bounds{0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2,
                                       0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    std::string text(4, '\0');
    for (unsigned lead = 0xE0; lead < 0x100; ++lead) {
        for (const unsigned b : bounds) {
            for (const unsigned c : bounds) {
                for (const unsigned d : bounds) {
                    text[0] = static_cast<char>(lead);
                    text[1] = static_cast<char>(b);
                    text[2] = static_cast<char>(c);
                    text[3] = static_cast<char>(d);
                    ASSERT_NO_FATAL_FAILURE(expect_as_reference(text));
                }
            }
        }
    }
}

TEST(utf8_validator, takes_every_character_there_is) {
    for (std::uint32_t number = 0; number <= 0x10FFFF; ++number) {
        const bool is_surrogate = number >= 0xD800 && number <= 0xDFFF;
        ASSERT_EQ(is_utf8(reference_encode(number)), !is_surrogate) << std::hex << number;
    }
}

TEST(utf8_validator, refuses_forms_of_more_than_four_bytes_and_impossible_ones) {
    for (const std::string_view text :
         {"\xF8\x88\x80\x80\x80", "\xFC\x84\x80\x80\x80\x80", "\xFD\xBF\xBF\xBF\xBF\xBF", "\xF7\xBF\xBF\xBF",
          "\xFE", "\xFF", "\xFE\xFE\xFF\xFF"}) {
        EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
    }
}

TEST(utf8_validator, refuses_surrogates_in_pairs) {
    EXPECT_FALSE(is_utf8("\xED\xA0\x80\xED\xB0\x80"));
    EXPECT_FALSE(is_utf8("\xED\xAF\xBF\xED\xBF\xBF"));
}

TEST(utf8_validator, finds_a_bad_byte_anywhere_behind_ascii) {
    for (std::size_t bytes = 1; bytes < 140; ++bytes) {
        for (std::size_t at = 0; at < bytes; ++at) {
            std::string text(bytes, 'x');
            ASSERT_TRUE(is_utf8(text));
            text[at] = '\xFF';
            ASSERT_FALSE(is_utf8(text)) << at << " of " << bytes;
        }
    }
}

TEST(utf8_validator, fails_at_the_first_bad_byte) {
    utf8_validator validator;

    EXPECT_TRUE(validator.feed("good\xF4"));
    EXPECT_FALSE(validator.feed("\x90"));
}

TEST(utf8_validator, stays_failed_until_it_is_reset) {
    utf8_validator validator;
    ASSERT_FALSE(validator.feed("\xFF"));

    EXPECT_FALSE(validator.feed("good"));
    EXPECT_FALSE(validator.complete());

    validator.reset();
    EXPECT_TRUE(validator.feed("good"));
    EXPECT_TRUE(validator.complete());
}

TEST(utf8_validator, is_incomplete_inside_a_character) {
    utf8_validator validator;
    EXPECT_TRUE(validator.complete());

    EXPECT_TRUE(validator.feed("\xE2\x82"));
    EXPECT_FALSE(validator.complete());

    EXPECT_TRUE(validator.feed("\xAC"));
    EXPECT_TRUE(validator.complete());
}

TEST(utf8_prefix_bytes, cuts_between_characters) {
    const std::string_view text =
        "a\xE2\x82\xAC"
        "b";

    EXPECT_EQ(utf8_prefix_bytes(text, 0), 0U);
    EXPECT_EQ(utf8_prefix_bytes(text, 1), 1U);
    EXPECT_EQ(utf8_prefix_bytes(text, 2), 1U);
    EXPECT_EQ(utf8_prefix_bytes(text, 3), 1U);
    EXPECT_EQ(utf8_prefix_bytes(text, 4), 4U);
    EXPECT_EQ(utf8_prefix_bytes(text, 5), 5U);
    EXPECT_EQ(utf8_prefix_bytes(text, 99), 5U);
}

}  // namespace

}  // namespace fanwire::test
