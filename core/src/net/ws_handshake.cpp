#include "net/ws_handshake.hpp"

#include "net/sha1.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace fanwire {

namespace {

constexpr std::string_view handshake_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view blanks = " \t";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8U | byte;
        for (held += 8; held >= 6; held -= 6) text.push_back(base64_digits[bits >> (held - 6) & 0x3FU]);
    }
    if (held != 0) text.push_back(base64_digits[bits << (6 - held) & 0x3FU]);
    while (text.size() % 4 != 0) text.push_back('=');
    return text;
}

/// Whether it is the base64 form of 16 bytes. The bits that the last digit has to spare may be anything, as
/// most decoders have it.
bool is_16_bytes(std::string_view key) {
    constexpr std::size_t digits = 22;
    return key.size() == digits + 2 && key.substr(digits) == "==" &&
           key.substr(0, digits).find_first_not_of(base64_digits) == std::string_view::npos;
}

bool contains_token(const http_headers& headers, std::string_view name, std::string_view token) {
    return std::ranges::any_of(list_elements(headers, name),
                               [&](std::string_view element) { return equal_ignoring_case(element, token); });
}

std::ptrdiff_t count_of(const http_headers& headers, std::string_view name) {
    return std::ranges::count_if(headers, [&](const auto& header) { return header.first == name; });
}

std::string_view fault_of(const http_request& request, bool is_http_1_1) {
    const auto& headers = request.headers;
    if (request.method != "GET") return "A WebSocket handshake is a GET request.";
    if (!is_http_1_1) return "A WebSocket handshake needs HTTP/1.1.";
    if (!contains_token(headers, "connection", "upgrade")) {
        return "The Connection header of a WebSocket handshake must contain 'Upgrade'; does a proxy remove "
               "it?";
    }
    if (count_of(headers, "sec-websocket-key") != 1 || !is_16_bytes(request.header("sec-websocket-key"))) {
        return "A WebSocket handshake has one Sec-WebSocket-Key, 16 bytes in base64.";
    }
    if (!request.body.empty()) return "A WebSocket handshake has no body.";
    return {};
}

}  // namespace

handshake_check check_handshake(const http_request& request, bool is_http_1_1, std::string_view& fault) {
    if (!contains_token(request.headers, "upgrade", "websocket")) return handshake_check::none;
    fault = fault_of(request, is_http_1_1);
    if (!fault.empty()) return handshake_check::malformed;
    if (count_of(request.headers, "sec-websocket-version") != 1 ||
        request.header("sec-websocket-version") != websocket_version) {
        return handshake_check::wrong_version;
    }
    return handshake_check::valid;
}

std::string accept_key(std::string_view key) {
    return to_base64(sha1(std::string(key).append(handshake_guid)));
}

std::vector<std::string_view> list_elements(const http_headers& headers, std::string_view name) {
    std::vector<std::string_view> elements;
    for (const auto& [header_name, value] : headers) {
        if (header_name != name) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto element = trim(rest.substr(0, comma));
            if (!element.empty()) elements.push_back(element);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return elements;
}

std::string_view http_request::header(std::string_view name) const noexcept {
    for (const auto& [header_name, value] : headers) {
        if (header_name == name) return value;
    }
    return {};
}

std::vector<std::string_view> offered_subprotocols(const http_request& request) {
    return list_elements(request.headers, "sec-websocket-protocol");
}

}  // namespace fanwire
