#pragma once

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

/// What a client will speak.
struct chosen_codec {
    codec_kind kind = codec_kind::classic;
    /// What the handshake answers; empty for none.
    std::string subprotocol;
};

/// Chooses and makes codecs: the one place that knows them all.
///
/// Thread safety: May be called from any thread.
class codec_factory {
public:
    explicit codec_factory(const protocol_limits& limits) : limits_(limits) {}

    /// Chooses by the subprotocols that the client offers, in its order.
    [[nodiscard]] chosen_codec choose(const std::vector<std::string_view>& offered) const;

    [[nodiscard]] std::unique_ptr<codec> make(codec_kind kind) const;

private:
    protocol_limits limits_;
};

}  // namespace fanwire
