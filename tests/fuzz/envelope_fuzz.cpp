// What can be read is written as it was, but for unknown fields and the order of fields; and native members
// get an object of it whatever it holds.
#include "bus/envelope.hpp"

#include "base/utf8.hpp"
#include "protocol/json/foreign_form.hpp"
#include "support/json_oracle.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace fanwire;

void require(bool is_so) {
    if (!is_so) std::abort();
}

void check_limits(std::string_view bytes, const message_head& read) {
    message_head head;
    std::string_view payload;
    const envelope_limits narrow{head_bytes(read), read.headers.size()};
    std::string rewritten;
    write_envelope(read, {}, rewritten);
    require(read_envelope(rewritten, head, payload, narrow) == envelope_fault::none);
    require(head == read && payload.empty());
    if (narrow.max_head_bytes == 0) return;
    require(read_envelope(bytes, head, payload, {narrow.max_head_bytes - 1, narrow.max_headers}) ==
            envelope_fault::too_large);
}

void check_delivery(const room_message& message) {
    for (const codec_kind kind : {codec_kind::classic, codec_kind::v1}) {
        std::string out;
        write_foreign(kind, message, out);
        require(is_utf8(out) && test::ask_oracle(out) != test::json_verdict::refused);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string wire(reinterpret_cast<const char*>(bytes), size);
    room_message message{"room", wire, payload_form::foreign, 1};
    const bool is_one = open_envelope(message) == envelope_fault::none && message.head != nullptr;
    if (!is_one) {
        require(message.payload == wire && message.form == payload_form::foreign);
        return 0;
    }
    require(is_envelope(wire) && std::string_view(wire).ends_with(message.payload));
    require(fault_of(*message.head) == envelope_fault::none);
    check_limits(wire, *message.head);
    check_delivery(message);
    return 0;
}
