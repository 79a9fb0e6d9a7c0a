#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace fanwire::test {

/// What another JSON library says of a text.
enum class json_verdict { accepted, refused, undecided };

/// Keeps the library's complaint, and nothing of the document.
class json_complaint : public nlohmann::json_sax<nlohmann::json> {
public:
    [[nodiscard]] bool is_about_surrogates_or_range() const {
        return id_ == 406 || sentence_.find("surrogate") != std::string::npos;
    }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        id_ = error.id;
        sentence_ = error.what();
        return false;
    }

private:
    int id_ = 0;
    std::string sentence_;
};

/// Asks nlohmann/json. Undecided where that differs from RFC 8259 and JSON.parse on purpose: numbers beyond a
/// double and halves of surrogate pairs it refuses, a byte order mark it skips, a NUL ends its input.
inline json_verdict ask_oracle(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string_view::npos)
        return json_verdict::undecided;
    json_complaint complaint;
    if (nlohmann::json::sax_parse(text, &complaint)) return json_verdict::accepted;
    return complaint.is_about_surrogates_or_range() ? json_verdict::undecided : json_verdict::refused;
}

}  // namespace fanwire::test
