#pragma once

#include "base/message_head.hpp"
#include "support/fixtures.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace fanwire::test {

/// Bytes in envelope form, or nearly, and what they mean.
struct envelope_fixture {
    std::string name;
    std::string wire;
    /// The name of the fault; empty for none. Of a fixture with a fault the rest is empty.
    std::string fault;
    message_head head;
    std::string payload;
    /// Whether writing it again gives the same bytes.
    bool is_rewritten = true;
    /// What members of the room `chat:1` are told, if it came at 123.
    std::string classic;
    std::string v1;
};

inline std::string payload_of(const nlohmann::json& meaning) {
    if (meaning.is_string()) return meaning;
    const std::string hex = meaning["hex"];
    std::string bytes;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    }
    return bytes;
}

inline message_head head_of(const nlohmann::json& meaning) {
    message_head head{
        meaning.value("user", ""), meaning.value("contentType", ""), meaning.value("replyTo", ""), {}, {}};
    if (meaning.contains("kind")) {
        head.kind = meaning["kind"] == "text" ? payload_kind::text : payload_kind::binary;
    }
    for (const auto& one : meaning.value("headers", nlohmann::json::array())) {
        head.headers.push_back({one[0], one[1]});
    }
    return head;
}

inline std::vector<envelope_fixture> envelope_fixtures() {
    std::vector<envelope_fixture> found;
    for (const auto& [file, text] : read_fixtures("envelope")) {
        if (!file.ends_with(".json")) continue;
        const auto meaning = nlohmann::json::parse(text);
        envelope_fixture one;
        one.name = file.substr(0, file.rfind('.'));
        one.wire = read_fixture("envelope/" + one.name + ".bin");
        one.fault = meaning.value("fault", "");
        if (one.fault.empty()) {
            one.head = head_of(meaning);
            one.payload = payload_of(meaning["payload"]);
            one.is_rewritten = meaning.value("rewritten", true);
            one.classic = meaning["classic"];
            one.v1 = meaning["v1"];
        }
        found.push_back(std::move(one));
    }
    return found;
}

}  // namespace fanwire::test
