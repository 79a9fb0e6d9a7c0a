#include <fanwire/option_table.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace fanwire {

namespace {

struct unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr unit byte_units[] = {{"", 1},        {"B", 1},         {"K", 1024},          {"KiB", 1024},
                               {"kB", 1000},   {"M", 1 << 20},   {"MiB", 1 << 20},     {"MB", 1'000'000},
                               {"G", 1 << 30}, {"GiB", 1 << 30}, {"GB", 1'000'000'000}};
// A bare number is seconds, as people write time-outs.
constexpr unit duration_units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}};
constexpr unit no_units[] = {{"", 1}};

std::span<const unit> units_of(option_kind kind) {
    if (kind == option_kind::bytes) return byte_units;
    if (kind == option_kind::duration) return duration_units;
    return no_units;
}

/// Reads `64KiB`, `2.5s`, `10`; none if it is nothing of the kind or not a whole number of the smallest unit.
std::optional<std::int64_t> read_number(std::string_view text, option_kind kind) {
    double number = 0;
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (failed != std::errc{} || number < -1e15 || number > 1e15) return {};
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const unit& one : units_of(kind)) {
        if (one.name != rest) continue;
        const double scaled = number * static_cast<double>(one.factor);
        const auto whole = static_cast<std::int64_t>(scaled);
        if (static_cast<double>(whole) != scaled) return {};
        return whole;
    }
    return {};
}

std::optional<bool> read_flag(std::string_view text) {
    static constexpr std::string_view yes[] = {"true", "yes", "on", "1"};
    static constexpr std::string_view no[] = {"false", "no", "off", "0"};
    if (std::ranges::find(yes, text) != std::end(yes)) return true;
    if (std::ranges::find(no, text) != std::end(no)) return false;
    return {};
}

std::vector<std::string> read_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        if (comma != 0) items.emplace_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return items;
}

std::string_view form_of(option_kind kind) {
    switch (kind) {
        case option_kind::flag:
            return "true or false";
        case option_kind::bytes:
            return "a size such as 65536, 64KiB or 1MiB";
        case option_kind::duration:
            return "a duration such as 10 (seconds), 250ms, 10s or 5min";
        case option_kind::number:
            return "a whole number";
        case option_kind::text:
            return "a string";
        case option_kind::text_list:
            return "a list, separated by commas";
    }
    return {};
}

}  // namespace

void set_option_from_text(options& target, std::string_view name, std::string_view text) {
    const auto table = option_table();
    const auto found = std::ranges::find(table, name, &option_info::name);
    // Without such an option `set_option` words the error.
    const option_kind kind = found == table.end() ? option_kind::text : found->kind;
    const auto refuse = [&] {
        throw std::invalid_argument("option `" + std::string(name) + "` is \"" + std::string(text) +
                                    "\", but must be " + std::string(form_of(kind)));
    };
    switch (kind) {
        case option_kind::text:
            return set_option(target, name, std::string(text));
        case option_kind::text_list:
            return set_option(target, name, read_list(text));
        case option_kind::flag: {
            const auto flag = read_flag(text);
            if (!flag) refuse();
            return set_option(target, name, *flag);
        }
        case option_kind::number:
        case option_kind::bytes:
        case option_kind::duration: {
            const auto number = read_number(text, kind);
            if (!number) refuse();
            return set_option(target, name, *number);
        }
    }
}

}  // namespace fanwire
