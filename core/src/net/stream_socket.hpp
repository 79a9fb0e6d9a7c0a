#pragma once

#include "net/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace fanwire {

/// A connected stream socket that does not block.
/// Thread safety: distinct objects safe, shared objects unsafe.
class stream_socket {
public:
    enum class receive_status : std::uint8_t { some, nothing, end, broken };
    struct received {
        receive_status status;
        std::size_t bytes = 0;
    };

    explicit stream_socket(unique_fd socket) noexcept : socket_(std::move(socket)) {}

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

    /// Sends small pieces at once, where the kind of socket could delay them.
    void send_without_delay() noexcept;

    /// How many of the bytes the socket took; nothing if it is broken.
    [[nodiscard]] std::optional<std::size_t> send(std::string_view bytes) noexcept;

    /// Takes what has come, as far as it fits.
    [[nodiscard]] received receive(std::span<std::byte> into) noexcept;

    /// Ends our side of the stream behind what was sent.
    void end_stream() noexcept;

    /// Ends both sides, and closes.
    void cut() noexcept;

private:
    unique_fd socket_;
};

}  // namespace fanwire
