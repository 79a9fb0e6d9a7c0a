// The first byte is where the replies, which are the rest, are cut. Cut or whole, the same is read.
#include "bus/redis/resp_reader.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

/// hiredis takes memory for as many parts as an array announces. Only Redis, which is trusted, does so.
bool announces_a_giant(std::string_view wire) {
    for (std::size_t at = wire.find('*'); at != std::string_view::npos; at = wire.find('*', at + 1)) {
        const auto is_digit = [](unsigned char one) { return std::isdigit(one) != 0; };
        const std::string_view rest = wire.substr(at + 1);
        if (std::find_if_not(rest.begin(), rest.end(), is_digit) - rest.begin() > 4) return true;
    }
    return false;
}

void describe(fanwire::resp_view reply, std::string& out) {
    out += reply.is_nil() ? '0' : reply.is_error() ? 'e' : reply.is_array() ? '[' : 's';
    out += std::to_string(reply.number());
    out += reply.text();
    for (std::size_t index = 0; index < reply.size(); ++index) describe(reply[index], out);
}

std::string read(std::string_view wire, std::size_t cut) {
    fanwire::resp_reader reader(4096);
    std::string seen;
    for (const std::string_view piece : {wire.substr(0, cut), wire.substr(cut)}) {
        reader.feed(piece);
        for (fanwire::resp_reply reply;;) {
            if (reader.next(reply)) return seen + "!";
            if (!reply) break;
            describe(reply.view(), seen);
            seen += '\n';
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view wire(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    if (announces_a_giant(wire) || wire.size() > 4096) return 0;
    const std::string whole = read(wire, 0);
    if (read(wire, std::min<std::size_t>(bytes[0], wire.size())) != whole) std::abort();
    return 0;
}
