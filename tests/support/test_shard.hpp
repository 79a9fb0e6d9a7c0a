#pragma once

#include "engine/shard.hpp"
#include "support/fake_bus.hpp"
#include "support/fake_codec.hpp"
#include "support/fake_connection.hpp"
#include "support/fake_host.hpp"
#include "support/manual_clock.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire::test {

using texts = std::vector<std::string>;

/// A client as it sees itself: what it says goes to its connection, what it heard came from there.
class fake_peer {
public:
    /// Sends a request. While the connection does not read, it waits.
    void says(std::string request) {
        outbox_.push_back(std::move(request));
        pump();
    }
    /// Lets the connection read what waits, as long as it does. Returns whether it read anything.
    bool pump() {
        bool has_read = false;
        while (handler_ != nullptr && !outbox_.empty() && !link_.is_paused() && !link_.closed()) {
            const std::string request = std::move(outbox_.front());
            outbox_.pop_front();
            handler_->on_alive();
            handler_->on_message(payload_kind::text, request);
            has_read = true;
        }
        return has_read;
    }
    /// Shows a sign of life that is no message.
    void pongs() { handler_->on_alive(); }
    /// The connection has ended, whoever ended it.
    void ends(close_code code = close_code::normal) {
        link_.die();
        std::exchange(handler_, nullptr)->on_closed(code);
    }

    /// What came since the last call.
    [[nodiscard]] texts heard() { return link_.received(); }
    [[nodiscard]] fake_connection& link() noexcept { return link_; }
    [[nodiscard]] client_id id() const noexcept { return id_; }
    [[nodiscard]] bool is_connected() const noexcept { return handler_ != nullptr; }
    /// How many requests the connection has not read.
    [[nodiscard]] std::size_t unread() const noexcept { return outbox_.size(); }

private:
    friend class test_shard;

    fake_connection link_;
    client_id id_;
    connection_handler* handler_ = nullptr;
    std::deque<std::string> outbox_;
};

/// No limits but those that a test sets.
inline engine_settings default_settings() {
    engine_settings settings;
    settings.instance = 0xabc;
    settings.max_at_hook = 4;
    return settings;
}

/// What a shard under test is set up with.
struct shard_setup {
    engine_settings settings = default_settings();
    hook_gate::settings gate{.timeout = std::chrono::seconds{5}, .max_requests = 1'000};
    bool has_on_connect = false;
    bool has_on_message = false;
    bool has_on_join = false;
    bool has_notices = false;
};

/// A shard amid fakes.
class test_shard {
public:
    explicit test_shard(const shard_setup& setup = {})
        : host(std::make_shared<fake_host>()),
          core(setup.settings, clock,
               {.has_on_connect = setup.has_on_connect,
                .has_on_join = setup.has_on_join,
                .has_on_message = setup.has_on_message,
                .has_on_leave = setup.has_notices,
                .has_on_disconnect = setup.has_notices,
                .sink = host},
               setup.gate, replies, sender) {
        bus.attach(core);
        core.attach(bus);
    }

    /// A client that has connected; its welcome is not heard.
    fake_peer& open(codec_kind kind = codec_kind::classic, std::optional<std::string> user = {}) {
        fake_peer& made = open_unwelcomed(kind, std::move(user));
        turn();
        static_cast<void>(made.heard());
        static_cast<void>(made.link().sends());
        return made;
    }
    fake_peer& open_unwelcomed(codec_kind kind, std::optional<std::string> user = {}) {
        fake_peer& made = peers.emplace_back();
        made.id_ = core.reserve_id();
        made.handler_ =
            &core.open(made.id_, made.link_, std::make_unique<fake_codec>(kind, &counts), std::move(user));
        return made;
    }

    /// Brings the host's answers, ends the turn and flushes; and again, until nothing more comes of it.
    void turn() {
        do {
            end_turn();
            core.flush(clock.steady(), [this] { return clock.steady(); });
        } while (pump() || replies.waiting() != 0);
    }
    /// Ends the turn without a flush of the rooms' batches.
    std::optional<time_point> end_turn() {
        replies.bring(core.gate());
        return core.end_turn();
    }
    /// Lets time pass in steps, as the shard's thread would.
    void wait(duration time, duration step = std::chrono::milliseconds{100}) {
        for (duration passed{}; passed < time; passed += step) {
            clock.advance(step);
            core.tick();
            turn();
        }
    }
    /// What the host decides takes effect.
    void decide(std::size_t index, message_decision decision) {
        host->decide(index, std::move(decision));
        turn();
    }
    void decide(message_decision decision) { decide(0, std::move(decision)); }

    manual_clock clock;
    fake_bus bus;
    fake_sender sender;
    fake_replies replies;
    codec_counts counts;
    std::shared_ptr<fake_host> host;
    std::deque<fake_peer> peers;
    shard core;

private:
    bool pump() {
        bool has_read = false;
        for (fake_peer& one : peers) has_read = one.pump() || has_read;
        return has_read;
    }
};

}  // namespace fanwire::test
