#include "base/utf8.hpp"
#include "protocol/json/json_scanner.hpp"
#include "support/json_oracle.hpp"
#include "unit/protocol/json/json_generator.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fanwire {
namespace {

using test::ask_oracle;
using test::json_verdict;

bool is_valid(std::string_view text) {
    json_value value;
    return json_scanner(text, max_scan_depth).whole(value);
}

TEST(json_scanner, agrees_with_another_library_on_valid_texts) {
    test::json_generator generator(1);

    for (int i = 0; i < 20'000; ++i) {
        const std::string text = generator.value(4);
        ASSERT_EQ(ask_oracle(text), json_verdict::accepted) << text;
        ASSERT_TRUE(is_valid(text)) << text;
    }
}

TEST(json_scanner, agrees_with_another_library_on_spoilt_texts) {
    test::json_generator generator(2);
    int refused = 0;

    for (int i = 0; i < 100'000; ++i) {
        const std::string text = generator.spoilt(generator.value(3));
        const json_verdict verdict = ask_oracle(text);
        if (verdict == json_verdict::undecided) continue;
        refused += verdict == json_verdict::refused ? 1 : 0;
        ASSERT_EQ(is_utf8(text) && is_valid(text), verdict == json_verdict::accepted) << text;
    }

    EXPECT_GT(refused, 40'000);
}

TEST(json_scanner, cuts_members_that_another_library_reads_the_same) {
    test::json_generator generator(3);

    for (int i = 0; i < 20'000; ++i) {
        const std::string text = generator.object(3);
        json_scanner scanner(text, max_scan_depth);
        nlohmann::json rebuilt = nlohmann::json::object();
        json_member member;
        while (scanner.next(member)) {
            const auto key = nlohmann::json::parse(member.key.text).get<std::string>();
            rebuilt[key] = nlohmann::json::parse(member.value.text);
        }
        ASSERT_EQ(scanner.fault(), json_fault::none) << text;
        ASSERT_EQ(rebuilt, nlohmann::json::parse(text)) << text;
    }
}

}  // namespace
}  // namespace fanwire
