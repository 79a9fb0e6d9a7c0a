#include "server/codec_factory.hpp"

#include "protocol/json/json_codec.hpp"

#include <algorithm>

namespace fanwire {

namespace {

constexpr std::string_view v1_subprotocol = "fanwire.v1";

}  // namespace

chosen_codec codec_factory::choose(const std::vector<std::string_view>& offered) const {
    if (std::ranges::find(offered, v1_subprotocol) == offered.end()) return {};
    return {codec_kind::v1, std::string(v1_subprotocol)};
}

std::unique_ptr<codec> codec_factory::make(codec_kind kind) const {
    return std::make_unique<json_codec>(kind, limits_);
}

}  // namespace fanwire
