#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire {

/// The two kinds of WebSocket data messages.
enum class payload_kind : std::uint8_t { text, binary };

/// WebSocket messages of a server, encoded back to back and ready for a socket (RFC 6455, 5.2: unmasked, one
/// frame each). Contiguous, so that one `send` takes many; with their ends, so that whole ones can be
/// dropped.
///
/// Written by one owner, then shared unchanged as `shared_chunk`.
class chunk {
public:
    /// Adds one message.
    void append(payload_kind kind, std::string_view payload);

    /// Forgets all messages and keeps the memory.
    void clear() noexcept;

    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t size_bytes() const noexcept { return bytes_.size(); }
    [[nodiscard]] bool is_empty() const noexcept { return ends_.empty(); }
    /// How many messages there are.
    [[nodiscard]] std::size_t count() const noexcept { return ends_.size(); }
    /// Where message `index` ends, as an offset into `bytes`.
    [[nodiscard]] std::size_t end_of(std::size_t index) const noexcept { return ends_[index]; }

private:
    std::string bytes_;
    std::vector<std::uint32_t> ends_;
};

using shared_chunk = std::shared_ptr<const chunk>;

}  // namespace fanwire
