#include "server/origin.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace fanwire {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The host name of `host`, `host:port` or `[address]:port`.
std::string_view name_of(std::string_view authority) {
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.find(':'));
}

}  // namespace

origin_check::origin_check(std::vector<std::string> allowed)
    : allowed_(std::move(allowed)),
      allows_all_(std::ranges::find(allowed_, "*") != allowed_.end()) {}

bool origin_check::allows(std::string_view origin, std::string_view host) const {
    if (origin.empty() || allows_all_) return true;
    if (!allowed_.empty()) {
        return std::ranges::any_of(allowed_,
                                   [&](const std::string& one) { return equal_ignoring_case(one, origin); });
    }
    const std::size_t scheme_end = origin.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const std::string_view name = name_of(origin.substr(scheme_end + 3));
    return !name.empty() && equal_ignoring_case(name, name_of(host));
}

}  // namespace fanwire
