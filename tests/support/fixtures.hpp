#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

namespace fanwire::test {

/// A fixture's bytes, without the newline that ends its last line.
inline std::string read_fixture(const std::filesystem::path& file) {
    std::ifstream stream(std::filesystem::path(FANWIRE_FIXTURES) / file, std::ios::binary);
    if (!stream) throw std::runtime_error("no such fixture: " + file.string());
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (bytes.ends_with('\n')) bytes.pop_back();
    return bytes;
}

/// All fixtures of a folder by their names.
inline std::map<std::string, std::string> read_fixtures(const std::filesystem::path& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(FANWIRE_FIXTURES / folder)) {
        const std::string name = entry.path().filename().string();
        found[name] = read_fixture(folder / name);
    }
    return found;
}

}  // namespace fanwire::test
