#include "protocol/json/json_scanner.hpp"

#include "base/utf8.hpp"
#include "protocol/json/json_string.hpp"

#include <algorithm>
#include <array>

namespace fanwire {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

// Which of the arrays and objects around a place are objects: one bit each, the innermost last.
class json_scanner::nesting {
public:
    [[nodiscard]] bool is_empty() const noexcept { return depth_ == 0; }
    [[nodiscard]] unsigned depth() const noexcept { return depth_; }
    [[nodiscard]] bool is_object() const noexcept { return ((word() >> (top() % 64)) & 1U) != 0; }
    [[nodiscard]] char closer() const noexcept { return is_object() ? '}' : ']'; }

    void push(bool is_object) noexcept {
        ++depth_;
        std::uint64_t& bits = words_[top() / 64];
        const std::uint64_t bit = std::uint64_t{1} << (top() % 64);
        bits = is_object ? bits | bit : bits & ~bit;
    }
    void pop() noexcept { --depth_; }

private:
    [[nodiscard]] unsigned top() const noexcept { return depth_ - 1; }
    [[nodiscard]] std::uint64_t word() const noexcept { return words_[top() / 64]; }

    std::array<std::uint64_t, max_scan_depth / 64> words_{};
    unsigned depth_ = 0;
};

json_scanner::json_scanner(std::string_view text, unsigned max_depth) noexcept
    : begin_(text.data()),
      at_(begin_),
      end_(begin_ + text.size()),
      max_depth_(std::min(max_depth, max_scan_depth)) {}

bool json_scanner::next(json_member& out) noexcept {
    switch (stage_) {
        case stage::outside:
            if (!enter()) return false;
            break;
        case stage::inside:
            if (!separate()) return false;
            break;
        case stage::behind:
            return false;
    }
    return key(out.key) && value(out.value);
}

bool json_scanner::whole(json_value& out) noexcept {
    skip_space();
    return value(out) && finish();
}

bool json_scanner::fail(json_fault fault) noexcept {
    fault_ = fault;
    stage_ = stage::behind;
    return false;
}

bool json_scanner::unexpected() noexcept {
    return fail(at_ == end_ ? json_fault::unexpected_end : json_fault::unexpected_character);
}

void json_scanner::skip_space() noexcept {
    while (at_ != end_ && is_space(*at_)) ++at_;
}

// From before the object to its first key.
bool json_scanner::enter() noexcept {
    skip_space();
    if (at_ == end_) return fail(json_fault::unexpected_end);
    if (*at_ != '{') return fail(json_fault::not_an_object);
    if (max_depth_ == 0) return fail(json_fault::too_deep);
    stage_ = stage::inside;
    ++at_;
    skip_space();
    if (at_ == end_ || *at_ != '}') return true;
    ++at_;
    finish();
    return false;
}

// From behind a member to the next one's key.
bool json_scanner::separate() noexcept {
    skip_space();
    if (at_ != end_ && *at_ == ',') {
        ++at_;
        skip_space();
        return true;
    }
    if (at_ == end_ || *at_ != '}') return unexpected();
    ++at_;
    finish();
    return false;
}

// From behind the value to the end of the text.
bool json_scanner::finish() noexcept {
    stage_ = stage::behind;
    skip_space();
    return at_ == end_ || fail(json_fault::trailing_text);
}

// A key and its colon, up to the value.
bool json_scanner::key(json_value& out) noexcept {
    if (at_ == end_ || *at_ != '"') return unexpected();
    const char* const first = at_;
    if (!string(out.is_escaped)) return false;
    out.kind = json_kind::string;
    out.text = {first, at_};
    skip_space();
    if (at_ == end_ || *at_ != ':') return unexpected();
    ++at_;
    skip_space();
    return true;
}

bool json_scanner::value(json_value& out) noexcept {
    if (at_ == end_) return unexpected();
    const char* const first = at_;
    out.is_escaped = false;
    if (*at_ == '{' || *at_ == '[') {
        out.kind = *at_ == '{' ? json_kind::object : json_kind::array;
        if (!container()) return false;
    } else if (!scalar(out)) {
        return false;
    }
    out.text = {first, at_};
    return true;
}

bool json_scanner::scalar(json_value& out) noexcept {
    switch (*at_) {
        case '"':
            out.kind = json_kind::string;
            return string(out.is_escaped);
        case 't':
            out.kind = json_kind::boolean;
            return literal("true");
        case 'f':
            out.kind = json_kind::boolean;
            return literal("false");
        case 'n':
            out.kind = json_kind::null;
            return literal("null");
        default:
            if (*at_ != '-' && !is_digit(*at_)) return unexpected();
            out.kind = json_kind::number;
            return number();
    }
}

bool json_scanner::string(bool& is_escaped) noexcept {
    is_escaped = false;
    ++at_;
    while (true) {
        at_ = find_special(at_, end_);
        if (at_ == end_) return unexpected();
        if (*at_ == '"') break;
        if (*at_ != '\\') return fail(json_fault::control_character);
        is_escaped = true;
        if (!escape()) return false;
    }
    ++at_;
    return true;
}

bool json_scanner::escape() noexcept {
    ++at_;
    if (at_ == end_) return unexpected();
    if (*at_ != 'u') {
        if (std::string_view("\"\\/bfnrt").find(*at_) == std::string_view::npos) {
            return fail(json_fault::bad_escape);
        }
        ++at_;
        return true;
    }
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ == end_) return unexpected();
        if (!is_hex_digit(*at_)) return fail(json_fault::bad_escape);
    }
    return true;
}

bool json_scanner::number() noexcept {
    if (*at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0') {
        ++at_;
    } else if (!digits()) {
        return false;
    }
    if (at_ != end_ && *at_ == '.') {
        ++at_;
        if (!digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
        ++at_;
        if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
        if (!digits()) return false;
    }
    return true;
}

bool json_scanner::digits() noexcept {
    if (at_ == end_ || !is_digit(*at_)) return unexpected();
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
}

bool json_scanner::literal(std::string_view word) noexcept {
    for (const char c : word) {
        if (at_ == end_ || *at_ != c) return unexpected();
        ++at_;
    }
    return true;
}

// Walks an array or object. Not by recursion: how deep it goes is a stranger's choice.
bool json_scanner::container() noexcept {
    nesting around;
    if (!open(around)) return false;
    bool is_first = true;
    while (!around.is_empty()) {
        skip_space();
        if (at_ == end_) return unexpected();
        if (*at_ == around.closer()) {
            ++at_;
            around.pop();
            is_first = false;
            continue;
        }
        if (!is_first) {
            if (*at_ != ',') return unexpected();
            ++at_;
            skip_space();
        }
        json_value ignored;
        if (around.is_object() && !key(ignored)) return false;
        if (at_ == end_) return unexpected();
        is_first = *at_ == '{' || *at_ == '[';
        if (!(is_first ? open(around) : scalar(ignored))) return false;
    }
    return true;
}

bool json_scanner::open(nesting& around) noexcept {
    const unsigned outermost = stage_ == stage::inside ? 1 : 0;
    if (outermost + around.depth() >= max_depth_) return fail(json_fault::too_deep);
    around.push(*at_ == '{');
    ++at_;
    return true;
}

bool is_json_value(std::string_view text, unsigned max_depth) noexcept {
    json_value ignored;
    return is_utf8(text) && json_scanner(text, max_depth).whole(ignored);
}

}  // namespace fanwire
