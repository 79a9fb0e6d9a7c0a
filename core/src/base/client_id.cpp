#include <fanwire/client_id.hpp>

#include <array>
#include <charconv>
#include <system_error>

namespace fanwire {
namespace {

constexpr int base = 16;
constexpr std::size_t max_digits = 16;

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, max_digits> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), end);
}

bool read_number(std::string_view text, std::uint64_t& number) {
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number, base);
    return result.ec == std::errc{} && result.ptr == end;
}

}  // namespace

std::string to_string(const client_id& id) {
    std::string text;
    append_number(text, id.instance);
    text += '-';
    append_number(text, id.local);
    return text;
}

std::optional<client_id> parse_client_id(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    client_id id;
    if (!read_number(text.substr(0, dash), id.instance)) return std::nullopt;
    if (!read_number(text.substr(dash + 1), id.local)) return std::nullopt;
    // One client has one text, so that texts can be compared: no upper case, no leading zeros.
    if (to_string(id) != text) return std::nullopt;
    return id;
}

}  // namespace fanwire
