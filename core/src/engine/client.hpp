#pragma once

#include <fanwire/client_id.hpp>
#include <fanwire/close_code.hpp>

#include "base/frame.hpp"
#include "base/time.hpp"
#include "engine/request_line.hpp"
#include "net/connection.hpp"
#include "protocol/codec.hpp"
#include "room/room.hpp"

#include <memory>
#include <optional>
#include <string>

namespace fanwire {

class router;

/// One client: its connection, its codec, and its requests that wait. What it asks for is done by `router`.
///
/// Flow: message → decode → `router`, at once if nothing of this client waits, else in its turn.
/// Thread safety: all calls on the shard's thread.
class client final : public connection_handler {
public:
    client(router& via, connection& link, std::unique_ptr<codec> speaks, client_id id,
           std::optional<std::string> user, time_point now);

    // connection_handler
    void on_message(payload_kind kind, std::string_view payload) override;
    void on_alive() override;
    void on_closed(close_code code) override;

    /// The hook has answered, or will not, for the message of this serial number.
    void on_hook_answer(std::uint64_t serial, hook_answer<message_decision> answer);
    /// The same for the join of this serial number.
    void on_hook_answer(std::uint64_t serial, hook_answer<join_decision> answer);
    /// The bus has confirmed the subscription of the join of this serial number: it takes effect. What stands
    /// behind it does with `advance`.
    void on_subscribed(std::uint64_t serial, bool is_local);
    /// Lets all requests take effect whose turn has come.
    void advance();

    /// Pings a silent client, ends a dead one. What it sends has been read since `reading_since` at least.
    /// Returns when to ask again; none if there is nothing to wait for.
    [[nodiscard]] std::optional<time_point> check_heartbeat(time_point now, time_point reading_since,
                                                            duration interval, duration timeout);

    [[nodiscard]] const client_id& id() const noexcept { return id_; }
    [[nodiscard]] const std::optional<std::string>& user() const noexcept { return user_; }
    [[nodiscard]] connection& link() noexcept { return link_; }
    [[nodiscard]] codec& speaks() noexcept { return *codec_; }
    /// Replies that were not sent yet; null if there are none.
    [[nodiscard]] std::shared_ptr<chunk>& replies() noexcept { return replies_; }
    [[nodiscard]] bool is_closing() const noexcept { return is_closing_; }
    /// Its connection is no more: `link` must not be called.
    [[nodiscard]] bool has_departed() const noexcept { return has_departed_; }
    [[nodiscard]] bool has_waiting() const noexcept { return line_ != nullptr; }
    /// How its connection ended, and the reason if that was our doing.
    [[nodiscard]] close_code closed_with() const noexcept { return closed_with_; }
    [[nodiscard]] const std::string& close_reason() const noexcept { return close_reason_; }

    /// Starts the closing handshake; nothing that the client sent takes effect any more.
    void close(close_code code, std::string_view reason);
    /// The connection has ended. What the client sent before still takes effect, but for joins.
    void depart();

private:
    enum class heartbeat : std::uint8_t { quiet, pinged };

    void dispatch_waiting();
    void update_reading();

    router& router_;
    connection& link_;
    std::unique_ptr<codec> codec_;
    client_id id_;
    std::optional<std::string> user_;
    /// Null while nothing waits.
    std::unique_ptr<request_line> line_;
    std::shared_ptr<chunk> replies_;
    time_point alive_at_;
    time_point pinged_at_{};
    heartbeat heartbeat_ = heartbeat::quiet;
    close_code closed_with_ = close_code::abnormal;
    std::string close_reason_;
    bool is_paused_ = false;
    bool is_closing_ = false;
    bool has_departed_ = false;
};

}  // namespace fanwire
