// The bytes are the beginning of a connection. The header is found when its last byte has come and not
// before, and what follows changes nothing.
#include "net/proxy_header.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using fanwire::proxy_header;
using fanwire::read_proxy_header;

void require(bool is_so) {
    if (!is_so) std::abort();
}

bool is_same(const proxy_header& a, const proxy_header& b) {
    return a.state == b.state && a.about == b.about && a.bytes == b.bytes &&
           to_text(a.source) == to_text(b.source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view received(reinterpret_cast<const char*>(bytes), size);
    std::size_t known_at = 0;
    while (known_at < size &&
           read_proxy_header(received.substr(0, known_at)).state == proxy_header::status::needs_more)
        ++known_at;
    require(known_at <= fanwire::longest_proxy_header);
    const proxy_header header = read_proxy_header(received.substr(0, known_at));
    if (header.state == proxy_header::status::whole) {
        require(header.bytes == known_at);
        require(header.about != proxy_header::subject::client || header.source.port.has_value());
    }
    if (header.state == proxy_header::status::needs_more) return 0;
    for (std::size_t more = known_at; more <= size; ++more) {
        require(is_same(read_proxy_header(received.substr(0, more)), header));
    }
    return 0;
}
