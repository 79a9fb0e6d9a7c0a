#include "net/ws_errc.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fanwire {

namespace {

constexpr int last = static_cast<int>(ws_errc::message_too_large);

TEST(ws_errc, has_a_sentence_for_each_cause_that_fits_a_close_frame) {
    std::set<std::string> sentences;
    for (int value = 1; value <= last; ++value) {
        const std::error_code error = static_cast<ws_errc>(value);
        EXPECT_FALSE(error.message().empty());
        EXPECT_LE(error.message().size(), 123U);
        sentences.insert(error.message());
    }
    EXPECT_EQ(sentences.size(), static_cast<std::size_t>(last));
}

TEST(ws_errc, is_false_where_there_is_no_error) { EXPECT_FALSE(std::error_code(ws_errc::none)); }

TEST(ws_errc, names_its_category) {
    EXPECT_STREQ(std::error_code(ws_errc::unmasked).category().name(), "fanwire.websocket");
}

TEST(ws_errc, closes_with_1011_for_an_error_of_another_kind) {
    EXPECT_EQ(close_code_of(std::make_error_code(std::errc::io_error)), 1011);
}

}  // namespace

}  // namespace fanwire
