#pragma once

#include <ctime>
#include <string>

namespace fanwire {

/// A moment as HTTP writes it (RFC 9110, 5.6.7), whatever the locale: `Sun, 06 Nov 1994 08:49:37 GMT`.
[[nodiscard]] std::string http_date(std::time_t when);

}  // namespace fanwire
