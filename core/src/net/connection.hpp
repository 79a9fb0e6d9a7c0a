#pragma once

#include <fanwire/close_code.hpp>

#include "base/frame.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace fanwire {

/// What a connection tells its owner, on the thread of its shard. None of these is ever called from inside a
/// method of `connection` or `sender`, so the owner may call them while it iterates.
class connection_handler {
public:
    virtual ~connection_handler() = default;

    /// A whole message; UTF-8 if it is text. `payload` holds for this call only.
    virtual void on_message(payload_kind kind, std::string_view payload) = 0;
    /// The peer showed that it lives: a message or a control frame came, or a part of one.
    virtual void on_alive() = 0;
    /// The connection has ended, for whatever reason; the last call. `code` is the peer's, or ours if we
    /// closed first, or `abnormal` if there was no close frame.
    virtual void on_closed(close_code code) = 0;
};

/// A WebSocket connection, as its owner sees it. It lives until its owner was told `on_closed`.
///
/// Thread safety: all calls on the thread of the connection's shard.
class connection {
public:
    virtual ~connection() = default;

    /// Sends whole messages, now as far as the socket takes them, the rest as it can. Over the limit of what
    /// may wait, the connection closes as a slow consumer. Does nothing once closing.
    virtual void send(const shared_chunk& messages) = 0;

    /// Sends a ping (RFC 6455, 5.5.2).
    virtual void ping() = 0;

    /// Starts the closing handshake behind what was sent before; the socket ends when the peer has answered,
    /// or a moment later. No message comes any more. `reason` is cut to 123 bytes.
    virtual void close(close_code code, std::string_view reason) = 0;

    /// Ends the socket at once, without a closing handshake.
    virtual void abort() = 0;

    /// Stops and resumes reading. Messages that had been read already still come after `pause` only if they
    /// lie in the same `on_message`: the rest waits.
    virtual void pause() = 0;
    virtual void resume() = 0;

    /// Bytes that wait because the socket does not take them.
    [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;
};

/// Sends the same messages to many connections.
class sender {
public:
    virtual ~sender() = default;

    /// As `connection::send` to each.
    virtual void send_many(std::span<connection* const> members, const shared_chunk& messages) = 0;
};

}  // namespace fanwire
