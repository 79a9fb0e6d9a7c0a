#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

/// Decides from which pages browsers may connect (RFC 6455, 10.2). Programs send no origin and are always let
/// in.
///
/// Thread safety: May be called from any thread.
class origin_check {
public:
    /// `allowed`: origins such as `https://example.org`, or `*`; empty: pages of the same host name, on any
    /// port.
    explicit origin_check(std::vector<std::string> allowed);

    [[nodiscard]] bool allows(std::string_view origin, std::string_view host) const;

private:
    std::vector<std::string> allowed_;
    bool allows_all_ = false;
};

}  // namespace fanwire
