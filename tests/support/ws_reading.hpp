#pragma once

#include "net/frame_reader.hpp"

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire::test {

/// What a reader made of some bytes, one line for each message, control frame and, at the end, error.
using reading = std::vector<std::string>;

inline std::string line_of(const incoming& item) {
    const std::string payload(item.payload);
    switch (item.kind) {
        case incoming_kind::text:
            return "text " + payload;
        case incoming_kind::binary:
            return "binary " + payload;
        case incoming_kind::ping:
            return "ping " + payload;
        case incoming_kind::pong:
            return "pong " + payload;
        case incoming_kind::close:
            return "close " + std::to_string(item.close_code) + " " + payload;
    }
    return {};
}

inline std::string line_of(std::error_code error) { return "error " + error.message(); }
inline std::string line_of(ws_errc error) { return line_of(make_error_code(error)); }

/// Drives a reader as a connection does, from buffers of exactly the bytes' size that are gone before the
/// next are fed, so that a sanitizer sees every access that is not allowed.
class reading_driver {
public:
    explicit reading_driver(const frame_limits& limits, bool keeps_after_each = false)
        : reader_(limits),
          keeps_after_each_(keeps_after_each) {}

    void feed(std::string_view bytes) {
        std::vector<std::byte> buffer(bytes.size());
        if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
        reader_.feed(buffer);
        if (keeps_after_each_) {
            reader_.keep();
            std::vector<std::byte>().swap(buffer);
        }
        while (read_one()) {
        }
    }

    [[nodiscard]] const reading& result() const { return result_; }
    [[nodiscard]] frame_reader& reader() { return reader_; }

private:
    bool read_one() {
        std::optional<incoming> item;
        const std::error_code error = reader_.next(item);
        if (error) {
            const std::string line = line_of(error);
            if (result_.empty() || result_.back() != line) result_.push_back(line);
            return false;
        }
        if (item) result_.push_back(line_of(*item));
        return item.has_value();
    }

    frame_reader reader_;
    bool keeps_after_each_;
    reading result_;
};

inline reading read_whole(std::string_view wire, const frame_limits& limits = {}) {
    reading_driver driver(limits);
    driver.feed(wire);
    return driver.result();
}

/// In pieces of `piece_bytes`, the last one shorter.
inline reading read_in_pieces(std::string_view wire, std::size_t piece_bytes,
                              const frame_limits& limits = {}) {
    reading_driver driver(limits);
    for (std::size_t at = 0; at < wire.size(); at += piece_bytes) driver.feed(wire.substr(at, piece_bytes));
    return driver.result();
}

/// In two pieces.
inline reading read_cut(std::string_view wire, std::size_t cut, const frame_limits& limits = {}) {
    reading_driver driver(limits);
    driver.feed(wire.substr(0, cut));
    driver.feed(wire.substr(cut));
    return driver.result();
}

/// In two pieces that the reader has to keep.
inline reading read_kept(std::string_view wire, std::size_t cut, const frame_limits& limits = {}) {
    reading_driver driver(limits, true);
    driver.feed(wire.substr(0, cut));
    driver.feed(wire.substr(cut));
    return driver.result();
}

}  // namespace fanwire::test
