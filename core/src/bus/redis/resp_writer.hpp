#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace fanwire {

/// Appends one Redis command to `out`: an array of bulk strings (RESP2).
void write_command(std::string& out, std::span<const std::string_view> words);
inline void write_command(std::string& out, std::initializer_list<std::string_view> words) {
    write_command(out, std::span(words.begin(), words.size()));
}

}  // namespace fanwire
