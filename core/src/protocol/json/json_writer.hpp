#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fanwire {

/// Appends one JSON object, member by member. Keys are our own and need no escapes.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class json_writer {
public:
    /// Begins an object with this `type`.
    json_writer(std::string& out, std::string_view type);
    /// Goes on with an object that has a member already.
    explicit json_writer(std::string& out) : out_(out) {}

    /// A member whose value is JSON text already; left out if that is empty.
    json_writer& raw(std::string_view name, std::string_view value);
    /// A member that is a string, of UTF-8.
    json_writer& text(std::string_view name, std::string_view value);
    json_writer& number(std::string_view name, std::int64_t value);
    /// A member that is `true`; left out if `value` is false.
    json_writer& flag(std::string_view name, bool value);
    /// A member whose value the caller appends.
    void key(std::string_view name);
    /// Ends the object.
    void end();

private:
    std::string& out_;
};

/// Appends a number in plain digits.
void write_number(std::int64_t number, std::string& out);

}  // namespace fanwire
