#include "protocol/json/json_codec.hpp"

#include "support/fixtures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace fanwire {
namespace {

// A copy with nothing behind it, so that a sanitizer sees every byte that is read beyond the end.
class exact_copy {
public:
    explicit exact_copy(std::string_view text)
        : bytes_(std::make_unique<char[]>(text.size())),
          size_(text.size()) {
        std::copy(text.begin(), text.end(), bytes_.get());
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

bool is_invalid(const any_command& command) { return std::holds_alternative<command::invalid>(command); }

any_command decode(std::string_view text) {
    json_codec codec(codec_kind::v1, {});
    any_command command = codec.decode(payload_kind::text, text);
    // Without its reason, which the codec owns.
    if (auto* const invalid = std::get_if<command::invalid>(&command)) invalid->reason = {};
    return command;
}

TEST(json_codec, speaks_text_in_its_dialect) {
    json_codec classic(codec_kind::classic, {});
    json_codec v1(codec_kind::v1, {});
    std::string out;

    EXPECT_EQ(classic.kind(), codec_kind::classic);
    EXPECT_EQ(v1.kind(), codec_kind::v1);
    EXPECT_EQ(classic.sends(), payload_kind::text);
    EXPECT_FALSE(classic.encode(event::moving{}, out));
    EXPECT_TRUE(v1.encode(event::moving{}, out));
}

TEST(json_codec, obeys_its_limits) {
    json_codec codec(codec_kind::classic, {2, 3, 4});

    EXPECT_FALSE(
        is_invalid(codec.decode(payload_kind::text, R"({"type":"join","roomId":"abc","id":1234,"x":[]})")));
    EXPECT_TRUE(is_invalid(codec.decode(payload_kind::text, R"({"type":"join","roomId":"abcd"})")));
    EXPECT_TRUE(is_invalid(codec.decode(payload_kind::text, R"({"type":"join","roomId":"abc","id":12345})")));
    EXPECT_TRUE(is_invalid(codec.decode(payload_kind::text, R"({"type":"join","roomId":"abc","x":[[]]})")));
}

TEST(json_codec, reads_every_fixture_as_its_name_says) {
    for (const auto& [name, text] : test::read_fixtures("json_decode")) {
        EXPECT_EQ(is_invalid(decode(text)), name.starts_with("bad_")) << name;
    }
}

TEST(json_codec, reads_no_command_from_any_part_of_a_fixture) {
    for (const auto& [name, text] : test::read_fixtures("json_decode")) {
        if (name.starts_with("bad_")) continue;
        for (std::size_t length = 0; length < text.size(); ++length) {
            const exact_copy part(std::string_view(text).substr(0, length));
            const any_command command = decode(part.view());
            ASSERT_TRUE(is_invalid(command)) << name << " up to " << length;
            ASSERT_EQ(std::get<command::invalid>(command).code, errc::bad_request)
                << name << " up to " << length;
        }
    }
}

TEST(json_codec, survives_every_part_of_a_bad_fixture) {
    for (const auto& [name, text] : test::read_fixtures("json_decode")) {
        for (std::size_t start = 0; start < text.size(); ++start) {
            const exact_copy part(std::string_view(text).substr(start));
            static_cast<void>(decode(part.view()));
        }
        for (std::size_t length = 0; length < text.size(); ++length) {
            const exact_copy part(std::string_view(text).substr(0, length));
            static_cast<void>(decode(part.view()));
        }
    }
}

}  // namespace
}  // namespace fanwire
