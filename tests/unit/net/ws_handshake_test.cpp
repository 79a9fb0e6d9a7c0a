#include "net/ws_handshake.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

namespace {

http_request good_request() {
    return {.method = "GET",
            .target = "/",
            .headers = {{"host", "a"},
                        {"upgrade", "websocket"},
                        {"connection", "Upgrade"},
                        {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                        {"sec-websocket-version", "13"}},
            .body = {},
            .remote_address = {}};
}

http_request with(std::string_view name, std::string_view value) {
    http_request request = good_request();
    for (auto& header : request.headers) {
        if (header.first == name) header.second = value;
    }
    return request;
}

http_request without(std::string_view name) {
    http_request request = good_request();
    std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
    return request;
}

http_request twice(const std::string& name, const std::string& value) {
    http_request request = good_request();
    request.headers.emplace_back(name, value);
    return request;
}

handshake_check check(const http_request& request, bool is_http_1_1 = true) {
    std::string_view fault;
    const auto result = check_handshake(request, is_http_1_1, fault);
    EXPECT_EQ(fault.empty(), result != handshake_check::malformed);
    return result;
}

TEST(ws_handshake, answers_the_key_as_the_standard_has_it) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(accept_key("x3JJHMbDL1EzLkh9GBhXDw=="), "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
}

TEST(ws_handshake, takes_a_handshake) { EXPECT_EQ(check(good_request()), handshake_check::valid); }

TEST(ws_handshake, takes_tokens_in_any_case_and_in_lists) {
    EXPECT_EQ(check(with("upgrade", "WebSocket")), handshake_check::valid);
    EXPECT_EQ(check(with("upgrade", "h2c ,websocket")), handshake_check::valid);
    EXPECT_EQ(check(with("connection", "keep-alive, Upgrade")), handshake_check::valid);
    EXPECT_EQ(check(with("connection", ",,\tuPGRADE ,")), handshake_check::valid);
    auto split = with("connection", "keep-alive");
    split.headers.emplace_back("connection", "upgrade");
    EXPECT_EQ(check(split), handshake_check::valid);
}

TEST(ws_handshake, leaves_other_requests_alone) {
    EXPECT_EQ(check(without("upgrade")), handshake_check::none);
    EXPECT_EQ(check(with("upgrade", "h2c")), handshake_check::none);
    EXPECT_EQ(check(with("upgrade", "websockets")), handshake_check::none);
}

TEST(ws_handshake, refuses_what_the_standard_forbids) {
    auto post = good_request();
    post.method = "POST";
    EXPECT_EQ(check(post), handshake_check::malformed);
    EXPECT_EQ(check(good_request(), false), handshake_check::malformed);
    auto with_body = good_request();
    with_body.body = "x";
    EXPECT_EQ(check(with_body), handshake_check::malformed);
    EXPECT_EQ(check(without("connection")), handshake_check::malformed);
    EXPECT_EQ(check(with("connection", "keep-alive")), handshake_check::malformed);
    EXPECT_EQ(check(with("connection", "upgraded")), handshake_check::malformed);
}

TEST(ws_handshake, wants_one_key_of_16_bytes) {
    EXPECT_EQ(check(without("sec-websocket-key")), handshake_check::malformed);
    EXPECT_EQ(check(twice("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")), handshake_check::malformed);
    for (const auto* key : {"", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=a",
                            "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25jZWFi",
                            "dGhl-HNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ== ,",
                            "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="}) {
        EXPECT_EQ(check(with("sec-websocket-key", key)), handshake_check::malformed) << key;
    }
}

TEST(ws_handshake, speaks_one_version) {
    EXPECT_EQ(check(without("sec-websocket-version")), handshake_check::wrong_version);
    EXPECT_EQ(check(with("sec-websocket-version", "8")), handshake_check::wrong_version);
    EXPECT_EQ(check(with("sec-websocket-version", "013")), handshake_check::wrong_version);
    EXPECT_EQ(check(with("sec-websocket-version", "13, 8")), handshake_check::wrong_version);
    EXPECT_EQ(check(twice("sec-websocket-version", "13")), handshake_check::wrong_version);
}

TEST(ws_handshake, lists_offered_subprotocols_in_order) {
    using views = std::vector<std::string_view>;
    EXPECT_EQ(offered_subprotocols(good_request()), views{});
    EXPECT_EQ(offered_subprotocols(twice("sec-websocket-protocol", "mqtt")), views{"mqtt"});
    auto request = twice("sec-websocket-protocol", "v12.stomp, ,v11.stomp\t,");
    request.headers.emplace_back("sec-websocket-protocol", ",a");
    EXPECT_EQ(offered_subprotocols(request), (views{"v12.stomp", "v11.stomp", "a"}));
}

}  // namespace

}  // namespace fanwire
