// The first byte is where the text, which is the rest, is cut. Cut or whole, it is what the reference says it
// is.
#include "base/utf8.hpp"

#include "support/reference_utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool is_so) {
    if (!is_so) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    const std::string_view begin = text.substr(0, bytes[0]);
    const bool expected = fanwire::test::reference_is_utf8(text);

    fanwire::utf8_validator validator;
    const bool begins_well = validator.feed(begin);
    require(begins_well == fanwire::test::reference_may_become_utf8(std::string(begin)));
    const bool goes_on_well = validator.feed(text.substr(begin.size()));
    require((begins_well && goes_on_well && validator.complete()) == expected);
    require(fanwire::is_utf8(text) == expected);

    if (expected) {
        const std::size_t kept = fanwire::utf8_prefix_bytes(text, bytes[0]);
        require(kept <= bytes[0] && fanwire::test::reference_is_utf8(text.substr(0, kept)));
        require(kept + 3 >= std::min<std::size_t>(text.size(), bytes[0]));
    }
    return 0;
}
