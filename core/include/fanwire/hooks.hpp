#pragma once

#include <fanwire/bus_state.hpp>
#include <fanwire/client_id.hpp>
#include <fanwire/close_code.hpp>
#include <fanwire/error.hpp>
#include <fanwire/message.hpp>
#include <fanwire/receipt.hpp>
#include <fanwire/reply.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fanwire {

/// A client that wants to connect: its HTTP upgrade request.
struct connect_request {
    client_id client;
    /// The path of the request's target, percent-encoding kept, without the query.
    std::string path;
    /// What stands behind the `?`, without it. Empty if there is none.
    std::string query;
    /// Header fields in their order; names in lower case.
    std::vector<std::pair<std::string, std::string>> headers;
    /// The client's address and port, `192.0.2.1:5000` or `[2001:db8::1]:5000`. Behind one of
    /// `options::trusted_proxies` it is what that says; where it tells no port, `192.0.2.1` or `2001:db8::1`.
    std::string remote_address;
    /// The subprotocol that will be spoken, empty if none was agreed.
    std::string subprotocol;
};

/// The client may connect.
struct accept {
    /// Who the client is, as JSON text. When set, it overrides the `user` of whatever the client publishes.
    std::optional<std::string> user;
};

/// The client may not connect: its connection is closed with this code and reason.
struct reject {
    close_code code = close_code::refused;
    /// At most 123 bytes of UTF-8; what is longer is cut. Sent to the client.
    std::string reason;
};

/// What becomes of a client that wants to connect.
using connect_decision = std::variant<accept, reject>;

/// A client that wants to join a room or a pattern that it is not in.
struct join_request {
    client_id client;
    /// The client's user, as the host set it (JSON text).
    std::optional<std::string> user;
    /// The room, or the pattern.
    std::string room;
    bool is_pattern = false;
};

/// A message that a client wants to publish.
struct message_request {
    client_id client;
    /// The client's user, as the host set it (JSON text).
    std::optional<std::string> user;
    /// The room; empty for a message to everybody.
    std::string room;
    /// The message as it will be published: `{"type":"message","user":…,"text":…,"data":…,"timestamp":…}`.
    std::string payload;
};

/// The client joins; the message is published as it is.
struct allow {};

/// The message is published with other fields. What is set replaces the message's own; `user` too.
struct change {
    message_fields fields;
};

/// The message is not published, and its sender is told `ack` with `dropped`.
struct drop {};

/// The client does not join, or the message is not published; the client is told `error`.
struct refuse {
    errc code = errc::forbidden;
    /// A sentence for the client. Empty: the code's own.
    std::string message;
};

/// What becomes of a client that wants to join.
using join_decision = std::variant<allow, refuse>;

/// What becomes of a message.
using message_decision = std::variant<allow, change, drop, refuse>;

/// A request with the place where its answer belongs.
struct connect_call {
    connect_request request;
    reply<connect_decision> answer;
};

/// A request with the place where its answer belongs.
struct join_call {
    join_request request;
    reply<join_decision> answer;
};

/// A request with the place where its answer belongs.
struct message_call {
    message_request request;
    reply<message_decision> answer;
};

/// A client is in a room or pattern no more.
struct leave_notice {
    client_id client;
    /// The client's user, as the host set it (JSON text).
    std::optional<std::string> user;
    /// The room, or the pattern.
    std::string room;
    bool is_pattern = false;
    /// It left because its connection ended, not because it asked to.
    bool has_disconnected = false;
};

/// A client that was accepted has gone, and all that it had asked for has taken effect: the last that is told
/// of it.
struct disconnect_notice {
    client_id client;
    /// The client's user, as the host set it (JSON text).
    std::optional<std::string> user;
    /// The client's code, or the server's if it closed first; `abnormal` if there was no close frame.
    close_code code = close_code::abnormal;
    /// The reason that the server gave; empty if the client ended the connection.
    std::string reason;
};

/// What a host is told, without an answer.
using notice = std::variant<leave_notice, disconnect_notice, bus_state_notice>;

/// A notification with what shows that it waits.
struct notice_call {
    fanwire::notice notice;
    receipt waiting;
};

/// What waits for the host: at most 256 requests and notifications, in the order in which they came.
using hook_call = std::variant<connect_call, join_call, message_call, notice_call>;
using hook_batch = std::vector<hook_call>;

/// Where a host takes its hook requests: for bindings, which have an event loop of their own.
class hook_sink {
public:
    virtual ~hook_sink() = default;

    /// Takes a batch. Called on threads of the server, several of them: must return at once and never throw.
    virtual void submit(hook_batch&& batch) = 0;
};

/// A C++ host's functions. They run one after another on a thread of their own, never on one that serves
/// clients, and may keep the reply and answer later, from any thread. A reply that is dropped, or that comes
/// later than `options::hook_timeout`, denies; so does an exception.
///
/// Those without a reply are notifications, told in the order in which things happened, also what happens
/// while the server stops. When `options::max_hook_requests` of them wait, further ones are dropped and
/// counted.
struct hooks {
    /// Asked before a client may connect. Unset: everybody may.
    std::function<void(const connect_request&, reply<connect_decision>)> on_connect;
    /// Asked before a client joins a room or pattern that it is not in. What the client sent behind its
    /// request waits. Unset: all may.
    std::function<void(const join_request&, reply<join_decision>)> on_join;
    /// Asked before a client's message is published. Unset: all are.
    std::function<void(const message_request&, reply<message_decision>)> on_message;
    /// Told when a client has left a room or pattern, of each when its connection ends.
    std::function<void(const leave_notice&)> on_leave;
    /// Told when an accepted client has gone: once for each, behind all else about it.
    std::function<void(const disconnect_notice&)> on_disconnect;
    /// Told of the bus's first state once the server has started, and of each change. Never called without
    /// Redis.
    std::function<void(const bus_state_notice&)> on_bus_state;
};

/// What a server asks its host.
struct host {
    /// Which hooks there are: a hook that is not asked for costs nothing.
    bool has_on_connect = false;
    bool has_on_join = false;
    bool has_on_message = false;
    bool has_on_leave = false;
    bool has_on_disconnect = false;
    bool has_on_bus_state = false;
    /// Where all of it goes. Must be set if any hook is there.
    std::shared_ptr<hook_sink> sink;

    [[nodiscard]] bool has_any() const noexcept {
        return has_on_connect || has_on_join || has_on_message || has_on_leave || has_on_disconnect ||
               has_on_bus_state;
    }
};

}  // namespace fanwire
