#include "protocol/json/json_fields.hpp"

#include <string_view>

namespace fanwire {
namespace {

// In the order of json_field.
constexpr std::array<std::string_view, json_field_count> names{"type", "roomId", "pattern", "id",   "key",
                                                               "user", "text",   "data",    "since"};

std::size_t index_of(const json_value& key) noexcept {
    std::size_t index = 0;
    while (index < names.size() && !key.is_string(names[index])) ++index;
    return index;
}

}  // namespace

bool json_fields::read(json_scanner& scanner) noexcept {
    json_member member;
    while (scanner.next(member)) {
        const std::size_t index = index_of(member.key);
        if (index < names.size()) values_[index] = member.value;
    }
    return scanner.fault() == json_fault::none;
}

}  // namespace fanwire
