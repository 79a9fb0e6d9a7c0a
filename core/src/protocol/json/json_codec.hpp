#pragma once

#include "protocol/codec.hpp"
#include "protocol/json/json_decoder.hpp"

namespace fanwire {

/// The native protocol (WIRE.md, 1) in either dialect: classic, for clients of the textbook server, or
/// fanwire.v1.
///
/// Keeps nothing between calls but memory to unescape into: one codec can serve all clients of a thread.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class json_codec final : public codec {
public:
    json_codec(codec_kind dialect, const protocol_limits& limits) : dialect_(dialect), decoder_(limits) {}

    [[nodiscard]] codec_kind kind() const noexcept override { return dialect_; }
    [[nodiscard]] any_command decode(payload_kind kind, std::string_view payload) override;
    [[nodiscard]] bool encode(const any_event& told, std::string& out) override;
    void encode_message(const room_message& message, std::string& out) override;
    [[nodiscard]] payload_kind sends() const noexcept override { return payload_kind::text; }

private:
    codec_kind dialect_;
    json_decoder decoder_;
};

}  // namespace fanwire
