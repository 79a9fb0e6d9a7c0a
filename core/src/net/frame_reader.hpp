#pragma once

#include "net/frame_header.hpp"
#include "net/ws_errc.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace fanwire {

struct frame_limits {
    /// The longest message, whether in one frame or as the sum of its fragments. At most 2 GiB - 1.
    std::size_t max_message_bytes = 64 * 1024;
    /// True for a server's side. False for a client's, whose server must not mask.
    bool expect_masked = true;
};

enum class incoming_kind : std::uint8_t { text, binary, ping, pong, close };

/// One whole message or control frame.
struct incoming {
    incoming_kind kind = incoming_kind::text;
    /// The message; what a ping or pong carries; the reason of a close. Valid until the next `next` or
    /// `feed`.
    std::string_view payload;
    /// Of a close: its status code, 1005 if it has none.
    std::uint16_t close_code = 0;
};

/// The receiving half of a WebSocket connection (RFC 6455, sections 5 to 7), without the socket.
///
///     reader.feed(bytes);
///     while (!(error = reader.next(message)) && message) use(*message);
///
/// It owns heap memory only while a frame or a message is incomplete, and takes it as bytes arrive, never by
/// an announced length. A message that came whole and in one frame is a view into the fed bytes.
///
/// Thread safety: distinct objects safe, shared objects unsafe.
class frame_reader {
public:
    explicit frame_reader(const frame_limits& limits);
    ~frame_reader();
    frame_reader(frame_reader&&) = delete;
    frame_reader& operator=(frame_reader&&) = delete;

    /// Gives the bytes that came next. They are unmasked in place, and used until `next` has asked for more,
    /// or `keep` was called. What an earlier `feed` left unread is read first.
    ///
    /// Preconditions: less than 128 MiB, with what is unread.
    void feed(std::span<std::byte> bytes);

    /// The next message or control frame; nothing if it takes more bytes. Once it has failed it fails the
    /// same way for ever; behind a close frame there is nothing.
    [[nodiscard]] std::error_code next(std::optional<incoming>& out);

    /// Moves what was fed and not yet read to the heap, for a caller that stops in the middle and needs its
    /// buffer.
    void keep();

    /// True while something that was fed may still hold messages: `next` has not yet asked for more.
    [[nodiscard]] bool has_unread() const noexcept { return fed_bytes_ != 0; }

    /// How much heap memory it holds now.
    [[nodiscard]] std::size_t heap_bytes() const noexcept;

private:
    struct unfinished;

    void advance(std::optional<incoming>& out);
    [[nodiscard]] bool read_header(frame_header& out);
    [[nodiscard]] ws_errc parse(std::span<const std::byte> bytes, frame_header& out) const;
    void read_whole_frame(const frame_header& head, std::optional<incoming>& out);
    void begin_frame(const frame_header& head);
    [[nodiscard]] bool read_payload();
    void end_frame(std::optional<incoming>& out);
    void deliver_message(opcode code, std::string_view payload, std::optional<incoming>& out);
    void deliver_control(opcode code, std::string_view payload, std::optional<incoming>& out);
    void deliver_close(std::string_view payload, std::optional<incoming>& out);

    [[nodiscard]] bool is_inside_frame() const noexcept;
    [[nodiscard]] bool is_inside_message() const noexcept;
    [[nodiscard]] std::span<std::byte> take(std::size_t bytes);
    void set_fed(std::byte* bytes, std::size_t count);
    void forget_delivered();
    [[nodiscard]] unfinished& state();
    void fail(ws_errc error);

    // Packed: there is one of these for each of a hundred thousand idle connections.
    std::unique_ptr<unfinished> unfinished_;
    std::byte* fed_ = nullptr;
    std::uint32_t fed_bytes_ : 27 = 0;
    std::uint32_t status_ : 5 = 0;  // reading; the error that it failed with; or closed
    std::uint32_t max_message_bytes_ : 31;
    std::uint32_t expects_masked_ : 1;
};

static_assert(sizeof(frame_reader) <= 24);

}  // namespace fanwire
