#pragma once

#include "net/connection.hpp"
#include "net/connection_set.hpp"
#include "net/frame_reader.hpp"
#include "net/frame_writer.hpp"
#include "net/poller.hpp"
#include "net/send_queue.hpp"
#include "net/stream_socket.hpp"
#include "net/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace fanwire {

/// A WebSocket connection on a descriptor. Its life:
///
///     open ──close()──▶ closing ──the peer's close frame──▶ lingering ──the peer's end──▶ dead
///       ├──────an error, too slow───────────────────────────▲
///       └──the peer's close frame──▶ leaving ──end of turn──┘
///
/// *closing*: our close frame is out or queued; messages that still come are ignored. *leaving*: what the
/// turn has for the peer, which may have asked for it right before, still goes out before our answer.
/// *lingering*: nothing is said any more, and the handler is told; once our last byte is out our side of the
/// stream ends, then the rest of the peer's is read and thrown away, since a socket that is closed with
/// unread bytes sends a reset, which can overtake the close frame. *dead*: no descriptor any more. Whatever
/// breaks leads there from anywhere, and so does the deadline.
class ws_connection final : public connection, private pollable {
public:
    ws_connection(connection_set& set, unique_fd socket, std::size_t place);
    ~ws_connection() override;

    void send(const shared_chunk& messages) override;
    void ping() override;
    void close(close_code code, std::string_view reason) override;
    void abort() override;
    void pause() override;
    void resume() override;
    [[nodiscard]] std::size_t queued_bytes() const noexcept override;

private:
    friend class connection_set;
    enum class state : std::uint8_t { open, closing, leaving, lingering, dead };
    using push_function = void (send_queue::*)(const control_frame&);

    // For the set.
    void keep_left_over(std::string& bytes);
    void start(connection_handler& handler);
    void deliver_unread();
    void answer_close();
    void tell_handler();
    void die();

    void on_ready(readiness what) override;
    void read();
    void on_bytes(std::span<std::byte> bytes);
    void on_end();
    void deliver();
    void on_incoming(const incoming& received);
    void on_close_frame(const incoming& received);
    void fail(std::error_code error);

    void send_rest(const shared_chunk& messages, std::size_t sent_bytes);
    void send_control(const control_frame& frame, push_function push);
    [[nodiscard]] std::optional<std::size_t> write(std::string_view bytes);
    void flush();
    template <class Change>
    void change_queue(Change change);
    void drop_queue();

    void be_too_slow();
    void end_with(const control_frame& last, close_code code);
    void linger();
    void end_stream();
    void begin_deadline();
    void report();

    void read_on();
    void watch();
    [[nodiscard]] bool wants_to_read() const noexcept;
    [[nodiscard]] bool reads_frames() const noexcept {
        return state_ == state::open || state_ == state::closing;
    }

    connection_set& set_;
    connection_handler* handler_ = nullptr;  // null before it started and after it was told the end
    std::unique_ptr<send_queue> queue_;      // only while something waits
    frame_reader reader_;
    connection_set::closing_list::iterator closing_{};  // its deadline, while closing or lingering
    std::uint32_t place_;                               // in the set's list of all
    stream_socket socket_;
    close_code code_ = close_code::abnormal;
    state state_ = state::open;
    readiness watched_ = readiness::none;
    bool is_started_ = false;
    bool is_paused_ = false;
    bool is_delivering_ = false;
    bool is_revived_ = false;   // on the set's list
    bool is_reported_ = false;  // on the set's list, or told
    bool has_deadline_ = false;
    bool has_seen_end_ = false;  // of the peer's stream
};

static_assert(sizeof(ws_connection) <= 96);

}  // namespace fanwire
