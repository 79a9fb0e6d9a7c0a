#pragma once

#include <fanwire/client_id.hpp>
#include <fanwire/hooks.hpp>
#include <fanwire/message.hpp>
#include <fanwire/options.hpp>
#include <fanwire/stats.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace fanwire {

/// A real-time server inside this process, on threads of its own.
///
/// Thread safety: May be called from any thread.
class server {
public:
    /// Told how a publish went. Called once, on a thread of the server (or the caller's, when the server is
    /// not running): must return at once and never throw.
    using publish_callback = std::function<void(std::error_code, const publish_result&)>;
    /// Told how a message to one client went, under the same rules.
    using send_callback = std::function<void(std::error_code, send_result)>;

    /// Prepares a server; nothing runs yet.
    /// Exceptions: `std::invalid_argument` with a sentence that names the option that is out of bounds.
    explicit server(options given, hooks functions = {});

    /// The same for a host with an event loop of its own.
    server(options given, host asked);

    /// Stops at once, without drain.
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Listens and starts the threads. A server that was stopped may be started again.
    /// Exceptions: `std::system_error` with a sentence that names address and port; the server is then
    /// stopped.
    void start();

    /// Stops: accepts no more, tells the clients (close code 1001), spreads their closes over `drain`, ends
    /// the threads and returns. Does nothing when stopped; waits when another thread is at it, whose drain it
    /// cuts short if its own `drain` is zero. May be called from inside a hook that runs on the host's own
    /// loop. Hook requests that still wait when the drain is over are denied.
    void stop(std::chrono::milliseconds drain = std::chrono::milliseconds{0});

    /// Whether `start` has succeeded and `stop` was not called since.
    [[nodiscard]] bool is_running() const;

    /// The TCP port that is listened on; 0 when stopped.
    [[nodiscard]] std::uint16_t port() const;

    /// Where clients connect: `ws://127.0.0.1:8080/`. Empty when stopped.
    [[nodiscard]] std::string url() const;

    /// Publishes a message to a room, or to everybody if `room` is empty.
    /// Errors (told to `done`): `bad_room`, `bad_request` (a field is not JSON), `too_large`, `not_running`.
    void publish(std::string_view room, const message_fields& fields, publish_callback done = {});

    /// Publishes bytes unchanged, as any peer on the bus could (WIRE.md, 3: foreign payloads). Bytes whose
    /// first is 0xFC are a message in envelope form; of its head, fields that this version does not know are
    /// left out. Errors: as `publish`; `bad_request` is such bytes that are no envelope, or one of a version
    /// that is not known.
    void publish_raw(std::string_view room, std::string_view payload, publish_callback done = {});

    /// Sends a `direct` message to one client. `data` is JSON text.
    /// Errors: `bad_request` (not JSON), `too_large`, `not_running`. A client that has gone is a result, no
    /// error.
    void send(const client_id& client, std::string_view data, send_callback done = {});

    /// What the server has done and has.
    [[nodiscard]] fanwire::stats stats() const;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace fanwire
