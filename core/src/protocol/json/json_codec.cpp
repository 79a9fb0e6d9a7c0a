#include "protocol/json/json_codec.hpp"

#include "protocol/json/json_encoder.hpp"

namespace fanwire {

any_command json_codec::decode(payload_kind kind, std::string_view payload) {
    return decoder_.decode(kind, payload);
}

bool json_codec::encode(const any_event& told, std::string& out) { return encode_event(dialect_, told, out); }

void json_codec::encode_message(const room_message& message, std::string& out) {
    encode_room_message(dialect_, message, out);
}

}  // namespace fanwire
