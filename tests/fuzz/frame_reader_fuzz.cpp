// The first byte chooses limits, the second the sizes of pieces; the rest is what a client sends. However it
// is cut, the reader must make of it what the reference does.
#include "net/frame_reader.hpp"

#include "support/reference_reader.hpp"
#include "support/ws_reading.hpp"

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string_view>

namespace {

using fanwire::frame_limits;
using fanwire::test::reading;
using fanwire::test::reading_driver;

reading read_in_random_pieces(std::string_view wire, const frame_limits& limits, bool keeps, unsigned seed) {
    std::minstd_rand random(seed + 1);
    const unsigned longest = 1 + seed % 40;
    reading_driver driver(limits, keeps);
    while (!wire.empty()) {
        const std::string_view piece = wire.substr(0, 1 + random() % longest);
        driver.feed(piece);
        wire.remove_prefix(piece.size());
    }
    return driver.result();
}

void require(bool is_so) {
    if (!is_so) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view wire(reinterpret_cast<const char*>(bytes) + 2, size - 2);
    const frame_limits limits{.max_message_bytes = std::size_t{bytes[0]} / 2 * 16,
                              .expect_masked = bytes[0] % 2 == 0};
    const reading expected = fanwire::test::reference_reader(wire, limits).result();

    require(fanwire::test::read_whole(wire, limits) == expected);
    require(read_in_random_pieces(wire, limits, false, bytes[1]) == expected);
    require(read_in_random_pieces(wire, limits, true, bytes[1]) == expected);
    return 0;
}
