#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace fanwire::test {

/// Makes up JSON texts and spoils them, the same ones in every run.
class json_generator {
public:
    explicit json_generator(unsigned seed) : random_(seed) {}

    /// A valid text.
    std::string value(unsigned depth) {
        std::string out = space();
        switch (below(depth == 0 ? 5 : 8)) {
            case 0:
                out += pick({"true", "false", "null"});
                break;
            case 1:
            case 2:
                out += string();
                break;
            case 3:
            case 4:
                out += number();
                break;
            case 5:
                out += list(depth, '[', ']');
                break;
            default:
                out += list(depth, '{', '}');
        }
        return out + space();
    }

    /// A valid text that is an object.
    std::string object(unsigned depth) { return space() + list(depth, '{', '}') + space(); }

    /// The text with one to three things wrong, or by chance right again.
    std::string spoilt(std::string text) {
        for (std::size_t changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
            const std::size_t at = below(text.size());
            switch (below(5)) {
                case 0:
                    text.erase(at, 1 + below(3));
                    break;
                case 1:
                    text.insert(at, pick(shards));
                    break;
                case 2:
                    text.replace(at, 1, pick(shards));
                    break;
                case 3:
                    text.resize(at);
                    break;
                default:
                    text.insert(at, text.substr(below(text.size()), below(8)));
            }
        }
        return text;
    }

private:
    using words = std::initializer_list<const char*>;

    static constexpr words shards{"\"", "\\",   "{",      "}",    "[",    "]",    ",",    ":",
                                  "0",  "-",    "+",      ".",    "e",    "E",    "\n",   "\t",
                                  " ",  "\x01", "\\u00g", "\\u1", "/",    "true", "nul",  "1",
                                  "9",  "\\x",  "'",      "\xc3", "\xff", "01",   "\x7f", "a"};

    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::string pick(words from) { return from.begin()[below(from.size())]; }

    std::string space() { return pick({"", "", "", "", "", " ", "\n", "\t", "\r", " \n "}); }

    std::string string() {
        std::string out = "\"";
        for (std::size_t pieces = below(5); pieces > 0; --pieces) {
            out += pick({"a",
                         "bc",
                         "type",
                         "id",
                         "room",
                         " ",
                         "\\n",
                         "\\\"",
                         "\\\\",
                         "\\/",
                         "\\u0041",
                         "\\uD83D\\uDE00",
                         "\xc3\xa9",
                         "\xe2\x82\xac",
                         "\xf0\x9f\x91\x8b",
                         "{",
                         "]",
                         ",",
                         "\x7f",
                         "a longer piece of it"});
        }
        return out + "\"";
    }

    std::string number() {
        return pick({"", "", "-"}) + pick({"0", "7", "10", "123456789", "18446744073709551616"}) +
               pick({"", "", ".5", ".000", ".123456789"}) + pick({"", "", "e1", "E+2", "e-3", "e007"});
    }

    std::string list(unsigned depth, char open, char close) {
        std::string out(1, open);
        for (std::size_t count = below(5); count > 0; --count) {
            if (open == '{') out += space() + string() + space() + ":";
            out += value(depth - 1);
            if (count > 1) out += ",";
        }
        if (out.size() == 1) out += space();
        return out + close;
    }

    std::mt19937_64 random_;
};

}  // namespace fanwire::test
