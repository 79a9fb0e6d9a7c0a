#include <fanwire/error.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace fanwire {
namespace {

// Every code, with the name that WIRE.md and the hosts promise.
const std::vector<std::pair<errc, std::string_view>>& all_codes() {
    static const std::vector<std::pair<errc, std::string_view>> codes{
        {errc::bad_request, "bad_request"},   {errc::unknown_type, "unknown_type"},
        {errc::bad_room, "bad_room"},         {errc::forbidden, "forbidden"},
        {errc::not_member, "not_member"},     {errc::too_large, "too_large"},
        {errc::rate_limited, "rate_limited"}, {errc::limit_reached, "limit_reached"},
        {errc::no_history, "no_history"},     {errc::gap, "gap"},
        {errc::unavailable, "unavailable"},   {errc::uncertain, "uncertain"},
        {errc::timeout, "timeout"},           {errc::expired, "expired"},
        {errc::internal, "internal"},         {errc::client_gone, "client_gone"},
        {errc::not_running, "not_running"},
    };
    return codes;
}

TEST(error, has_a_name_for_each_code) {
    for (const auto& [code, name] : all_codes()) EXPECT_EQ(error_name(code), name);
}

TEST(error, has_a_sentence_of_its_own_for_each_code) {
    std::set<std::string> sentences;

    for (const auto& [code, name] : all_codes()) sentences.insert(make_error_code(code).message());

    EXPECT_EQ(sentences.size(), all_codes().size());
    for (const std::string& sentence : sentences) EXPECT_TRUE(sentence.ends_with('.')) << sentence;
}

TEST(error, calls_an_unknown_code_internal) {
    EXPECT_EQ(error_name(static_cast<errc>(0)), "internal");
    EXPECT_EQ(error_name(static_cast<errc>(999)), "internal");
    EXPECT_EQ(fanwire_category().message(-1), make_error_code(errc::internal).message());
}

TEST(error, converts_to_a_code_of_its_category) {
    const std::error_code code = errc::bad_room;

    EXPECT_EQ(code.category(), fanwire_category());
    EXPECT_STREQ(code.category().name(), "fanwire");
    EXPECT_TRUE(code);
    EXPECT_EQ(code, errc::bad_room);
    EXPECT_NE(code, errc::bad_request);
}

}  // namespace
}  // namespace fanwire
