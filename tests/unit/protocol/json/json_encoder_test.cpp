#include "protocol/json/json_encoder.hpp"

#include "support/fixtures.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using enum codec_kind;

constexpr request_echo bare{{}, R"("chat:room:1")", false};
constexpr request_echo with_id{R"("req-1")", "7", false};
constexpr request_echo of_pattern{"12", R"("chat:*")", true};

// What a client is told; nothing is a text of its own.
std::string told(codec_kind kind, const any_event& event) {
    std::string out = "before ";
    const bool is_told = encode_event(kind, event, out);
    EXPECT_EQ(is_told, out.size() > 7);
    return is_told ? out.substr(7) : "nothing";
}

void expect_both(const any_event& event, const char* fixture) {
    EXPECT_EQ(told(classic, event), test::read_fixture(fixture));
    EXPECT_EQ(told(v1, event), test::read_fixture(fixture));
}

TEST(json_encoder, tells_joined_as_the_textbook_server_does) {
    expect_both(event::joined{bare, false, false}, "json/joined.json");
}

TEST(json_encoder, tells_joined_with_what_was_asked) {
    expect_both(event::joined{with_id, false, false}, "json/joined_id.json");
    expect_both(event::joined{of_pattern, true, false}, "json/joined_pattern.json");
    expect_both(event::joined{bare, false, true}, "json/joined_local.json");
}

TEST(json_encoder, tells_left_to_those_who_asked) {
    expect_both(event::left{with_id, false}, "json/left_id.json");
    expect_both(event::left{of_pattern, true}, "json/left_pattern.json");
    EXPECT_EQ(told(v1, event::left{bare, false}), test::read_fixture("json/left.json"));
    EXPECT_EQ(told(classic, event::left{bare, false}), "nothing");
}

TEST(json_encoder, tells_ack_to_those_who_asked) {
    expect_both(event::ack{with_id, false, false}, "json/ack.json");
    expect_both(event::ack{with_id, true, false}, "json/ack_local.json");
    expect_both(event::ack{with_id, false, true}, "json/ack_dropped.json");
    EXPECT_EQ(told(classic, event::ack{bare, false, false}), "nothing");
    EXPECT_EQ(told(v1, event::ack{bare, true, true}), "nothing");
}

TEST(json_encoder, tells_pong_always) {
    expect_both(event::pong{{}}, "json/pong.json");
    expect_both(event::pong{with_id}, "json/pong_id.json");
}

TEST(json_encoder, tells_error_always) {
    expect_both(event::error{{}, errc::bad_request, "the message must be a JSON object"}, "json/error.json");
    expect_both(event::error{with_id, errc::forbidden, "not \"here\""}, "json/error_id_room.json");
    expect_both(event::error{of_pattern, errc::forbidden, "no"}, "json/error_pattern.json");
}

TEST(json_encoder, tells_the_codes_own_sentence_where_there_is_none) {
    expect_both(event::error{bare, errc::not_member, {}}, "json/error_own_sentence.json");
    expect_both(event::error{bare, errc::not_member, "\xff"}, "json/error_own_sentence.json");
}

TEST(json_encoder, tells_clients_no_code_of_hosts) {
    for (const errc code : {errc::client_gone, errc::not_running}) {
        const auto json = nlohmann::json::parse(told(v1, event::error{{}, code, {}}));
        EXPECT_EQ(json["code"], "unavailable");
    }
}

TEST(json_encoder, tells_direct) { expect_both(event::direct{R"({"n": 1.0})"}, "json/direct.json"); }

TEST(json_encoder, tells_welcome_and_moving_to_v1_only) {
    const event::welcome welcome{"1a2b-3", 25s, 65536, 1000};

    EXPECT_EQ(told(v1, welcome), test::read_fixture("json/welcome.json"));
    EXPECT_EQ(told(v1, event::moving{1500ms}), test::read_fixture("json/moving.json"));
    EXPECT_EQ(told(classic, welcome), "nothing");
    EXPECT_EQ(told(classic, event::moving{1500ms}), "nothing");
}

TEST(json_encoder, leaves_a_limit_that_is_off_out_of_welcome) {
    const auto json = nlohmann::json::parse(told(v1, event::welcome{"1-1", 0s, 1024, 0}));

    EXPECT_EQ(json["heartbeat"], 0);
    EXPECT_EQ(json["limits"], nlohmann::json::parse(R"({"maxMessageBytes":1024})"));
}

room_message plain(std::string_view room, const char* fixture) {
    return {std::string(room), test::read_fixture(fixture), payload_form::plain, 5};
}

std::string encoded(codec_kind kind, const room_message& message) {
    std::string out = "before ";
    encode_room_message(kind, message, out);
    return out.substr(7);
}

TEST(json_encoder, gives_classic_members_the_plain_form_unchanged) {
    const room_message message = plain("chat:room:1", "json/plain_all_fields.json");

    EXPECT_EQ(encoded(classic, message), message.payload);
}

TEST(json_encoder, gives_v1_members_the_plain_form_with_its_room) {
    EXPECT_EQ(encoded(v1, plain("chat:room:1", "json/plain_all_fields.json")),
              test::read_fixture("json/v1_all_fields.json"));
    EXPECT_EQ(encoded(v1, plain("chat:room:1", "json/plain_no_fields.json")),
              test::read_fixture("json/v1_no_fields.json"));
    EXPECT_EQ(encoded(v1, plain("a\"b\\\n", "json/plain_no_fields.json")),
              test::read_fixture("json/v1_escaped_room.json"));
}

TEST(json_encoder, gives_everybody_the_plain_form_without_a_room) {
    const room_message message = plain("", "json/plain_all_fields.json");

    EXPECT_EQ(encoded(classic, message), message.payload);
    EXPECT_EQ(encoded(v1, message), message.payload);
}

TEST(json_encoder, tells_joined_again_in_v1_only) {
    const event::joined again{.echo = bare, .is_pattern = false, .local = false, .is_again = true};

    EXPECT_EQ(told(v1, again), test::read_fixture("json/joined.json"));
    EXPECT_EQ(told(classic, again), "nothing");
}

TEST(json_encoder, tells_gaps_in_v1) {
    EXPECT_EQ(told(v1, event::gap{"chat:room:1", false, 1'700'000'000'123, false}),
              test::read_fixture("json/gap.json"));
    EXPECT_EQ(told(v1, event::gap{"chat:*", true, 1'700'000'000'123, true}),
              test::read_fixture("json/gap_pattern.json"));
}

TEST(json_encoder, tells_gaps_to_classic_clients_as_errors_where_they_asked) {
    EXPECT_EQ(told(classic, event::gap{"chat:room:1", false, 1, false}), "nothing");

    const auto error = nlohmann::json::parse(told(classic, event::gap{"chat:room:1", false, 1, true}));

    EXPECT_EQ(error["type"], "error");
    EXPECT_EQ(error["code"], "gap");
    EXPECT_EQ(error["roomId"], "chat:room:1");
    EXPECT_FALSE(error["message"].get<std::string>().empty());
}

}  // namespace
}  // namespace fanwire
