#pragma once

#include "protocol/json/json_string.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fanwire {

/// The deepest nesting that any scan can follow.
inline constexpr unsigned max_scan_depth = 512;

enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

/// What is wrong with a text.
enum class json_fault : std::uint8_t {
    none,
    not_an_object,
    unexpected_end,
    unexpected_character,
    control_character,
    bad_escape,
    too_deep,
    trailing_text,
};

/// A value as it stands in a text.
struct json_value {
    /// The value, strings with their quotes.
    std::string_view text;
    json_kind kind = json_kind::null;
    /// It is a string and holds escapes.
    bool is_escaped = false;

    /// What stands between the quotes of a string.
    [[nodiscard]] std::string_view inside() const noexcept { return text.substr(1, text.size() - 2); }
    /// Whether it is a string that stands for `name`, which is shorter than 16 bytes.
    [[nodiscard]] bool is_string(std::string_view name) const noexcept {
        if (kind != json_kind::string) return false;
        return is_escaped ? stands_for(inside(), name) : inside() == name;
    }
};

/// A member of an object as it stands in a text.
struct json_member {
    json_value key;
    json_value value;

    /// Whether its key stands for `name`, which is shorter than 16 bytes.
    [[nodiscard]] bool is_named(std::string_view name) const noexcept { return key.is_string(name); }
};

/// Checks JSON text (RFC 8259, as strictly as JSON.parse; UTF-8 is the caller's to check) and cuts it up
/// without taking memory. Nothing of a text is known to be valid before all of it was read without a fault.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class json_scanner {
public:
    /// Values may be nested `max_depth` deep, `max_scan_depth` at most; the outermost array or object counts
    /// as one.
    json_scanner(std::string_view text, unsigned max_depth) noexcept;

    /// The next member of the object that the text must be; false behind the last and at a fault.
    [[nodiscard]] bool next(json_member& out) noexcept;

    /// The one value that the text must be; false at a fault. Instead of `next`.
    [[nodiscard]] bool whole(json_value& out) noexcept;

    [[nodiscard]] json_fault fault() const noexcept { return fault_; }
    /// Where the fault is, in bytes from the start.
    [[nodiscard]] std::size_t position() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

private:
    class nesting;
    enum class stage : std::uint8_t { outside, inside, behind };

    bool fail(json_fault fault) noexcept;
    bool unexpected() noexcept;
    void skip_space() noexcept;
    bool enter() noexcept;
    bool separate() noexcept;
    bool finish() noexcept;
    bool key(json_value& out) noexcept;
    bool value(json_value& out) noexcept;
    bool scalar(json_value& out) noexcept;
    bool string(bool& is_escaped) noexcept;
    bool escape() noexcept;
    bool number() noexcept;
    bool digits() noexcept;
    bool literal(std::string_view word) noexcept;
    bool container() noexcept;
    bool open(nesting& around) noexcept;

    const char* begin_;
    const char* at_;
    const char* end_;
    unsigned max_depth_;
    json_fault fault_ = json_fault::none;
    stage stage_ = stage::outside;
};

/// Whether `text`, a host's, is UTF-8 and one JSON value, nested at most `max_depth` deep. The default leaves
/// room for the message around it.
[[nodiscard]] bool is_json_value(std::string_view text, unsigned max_depth = max_scan_depth - 1) noexcept;

}  // namespace fanwire
