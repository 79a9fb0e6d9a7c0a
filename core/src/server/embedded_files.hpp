#pragma once

#include <span>
#include <string_view>

namespace fanwire {

/// One static file of the console or the demo page, compiled into the library.
struct embedded_file {
    /// Where a browser finds it, for example "/demo" or "/demo/fanwire.js".
    std::string_view path;
    /// What the Content-Type header says.
    std::string_view content_type;
    /// The bytes of the file.
    std::string_view content;
};

/// All files that were embedded at build, in no particular order.
/// Lifetime: static. Thread safety: may be called from any thread.
[[nodiscard]] std::span<const embedded_file> embedded_files() noexcept;

}  // namespace fanwire
