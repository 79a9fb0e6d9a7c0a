#pragma once

#include <fanwire/options.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fanwire {

/// What kind of value an option takes.
enum class option_kind {
    /// A string.
    text,
    /// A list of strings.
    text_list,
    /// A bool.
    flag,
    /// A whole number.
    number,
    /// A size in bytes.
    bytes,
    /// A duration, given in milliseconds.
    duration,
};

/// The name of a kind as hosts see it, such as `text_list`.
[[nodiscard]] std::string_view option_kind_name(option_kind kind) noexcept;

/// A value for an option: text, list, flag, or whole number (durations in milliseconds).
using option_value = std::variant<std::string, std::vector<std::string>, bool, std::int64_t>;

/// One option, as command lines, hosts and documents need it.
struct option_info {
    /// The name in C++ and, for other kinds than durations, in Python; Node's is the same in camelCase.
    /// Durations are seconds in Python, and end in `Ms` in Node.
    std::string_view name;
    option_kind kind;
    /// What it is set to when nobody says otherwise.
    option_value initial;
    /// The smallest and greatest value that is allowed; both 0 for text and flags.
    std::int64_t least;
    std::int64_t most;
    /// What zero means, if that is something else than a small number; else empty. Zero is then allowed
    /// besides `least` to `most`.
    std::string_view zero;
    /// One sentence.
    std::string_view help;
};

/// All options, in the order in which help shows them.
[[nodiscard]] std::span<const option_info> option_table();

/// Sets one option.
/// Exceptions: `std::invalid_argument` with a sentence that names the option, the value and what is allowed,
/// when there is no such option, or the value is of the wrong kind or out of bounds.
void set_option(options& target, std::string_view name, const option_value& value);

/// Sets one option from text, as a command line or an environment variable gives it: `10`, `64KiB`, `2s`,
/// `250ms`, `true`, a list separated by commas. Exceptions: as `set_option`.
void set_option_from_text(options& target, std::string_view name, std::string_view text);

/// Checks all options, and what must hold between them.
/// Exceptions: `std::invalid_argument` as `set_option`.
void check_options(const options& given);

}  // namespace fanwire
