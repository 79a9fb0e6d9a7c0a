#pragma once

#include <functional>
#include <string_view>

namespace fanwire {

/// How much a log line matters.
enum class log_level { debug, info, warning, error };

/// Takes a line of the server's log, without a line end. Called from the server's threads, never twice at
/// once; must return soon and never throw.
using log_function = std::function<void(log_level, std::string_view)>;

}  // namespace fanwire
