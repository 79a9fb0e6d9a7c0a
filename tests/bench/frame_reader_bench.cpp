// How fast the frame reader is: frame_reader_bench [seconds per row]
//
// Rates are per second of CPU time. Each row feeds the same masked text messages again and again, from a
// buffer like a shard's.
#include "net/frame_reader.hpp"
#include "support/ws_frames.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace fanwire;

struct row {
    const char* name;
    std::string message;  // as on the wire
    std::size_t payload_bytes;
    std::size_t messages;    // in one round
    std::size_t read_bytes;  // what one read of the socket gives
};

std::string repeated(const std::string& piece, std::size_t bytes) {
    std::string text;
    while (text.size() + piece.size() <= bytes) text += piece;
    return text + std::string(bytes - text.size(), '.');
}

/// Reads `wire` once and returns how many messages it held.
std::size_t read_round(frame_reader& reader, const std::string& wire, std::size_t read_bytes,
                       std::vector<std::byte>& buffer) {
    std::size_t messages = 0;
    std::optional<incoming> item;
    for (std::size_t at = 0; at < wire.size(); at += read_bytes) {
        const std::size_t count = std::min(read_bytes, wire.size() - at);
        std::memcpy(buffer.data(), wire.data() + at, count);  // as recv does, and unmasking needs
        reader.feed(std::span(buffer).first(count));
        while (!reader.next(item) && item) ++messages;
    }
    return messages;
}

void run(const row& r, double seconds) {
    std::string wire;
    for (std::size_t i = 0; i < r.messages; ++i) wire += r.message;
    std::vector<std::byte> buffer(r.read_bytes);
    frame_reader reader(frame_limits{.max_message_bytes = 1 << 20});

    std::size_t messages = 0;
    const std::clock_t begin = std::clock();
    double took = 0;
    do {
        for (int i = 0; i < 16; ++i) messages += read_round(reader, wire, r.read_bytes, buffer);
        took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    } while (took < seconds);

    const double rate = static_cast<double>(messages) / took;
    std::printf("%-42s %12.0f messages/s %9.0f MB/s\n", r.name, rate,
                rate * static_cast<double>(r.payload_bytes) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
    const std::string ascii = R"({"type":"message","roomId":"chat:1","text":"hello"} )";
    const std::string cyrillic = "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82 ";
    const auto text = [](const std::string& piece, std::size_t bytes) {
        return test::masked_text(repeated(piece, bytes));
    };
    const auto halves = [&](std::size_t bytes) {
        return test::masked_begin(repeated(ascii, bytes / 2)) +
               test::masked_end(repeated(ascii, bytes - bytes / 2));
    };
    constexpr std::size_t small = 128;
    constexpr std::size_t large = 64 * 1024;
    constexpr std::size_t whole = 512 * 1024;
    const std::vector<row> rows{
        {"128 B text, one a read", text(ascii, small), small, 64, small + 8},
        {"128 B text, a hundred a read", text(ascii, small), small, 100, 100 * (small + 8)},
        {"128 B text, cut in the middle", text(ascii, small), small, 64, (small + 8) / 2},
        {"128 B text in two fragments", halves(small), small, 64, small + 12},
        {"128 B Cyrillic text, a hundred a read", text(cyrillic, small), small, 100, 100 * (small + 8)},
        {"64 KiB text, whole", text(ascii, large), large, 4, whole},
        {"64 KiB text, in reads of 16 KiB", text(ascii, large), large, 4, 16 * 1024},
        {"64 KiB Cyrillic text, whole", text(cyrillic, large), large, 4, whole},
    };
    for (const row& r : rows) run(r, seconds);
}
