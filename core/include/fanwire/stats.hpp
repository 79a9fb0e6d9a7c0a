#pragma once

#include <cstdint>

namespace fanwire {

/// What a server has done since it was started, and what it has now. A sum over all shards, each read at its
/// own moment.
struct stats {
    /// Clients that are connected now.
    std::uint64_t connections = 0;
    /// Clients that were ever accepted.
    std::uint64_t connections_total = 0;
    /// Rooms that have members on this instance now.
    std::uint64_t rooms = 0;
    /// Memberships now: each client counts once a room or pattern.
    std::uint64_t members = 0;
    /// WebSocket messages that clients sent.
    std::uint64_t messages_in = 0;
    /// Messages given to clients' connections, each client counted.
    std::uint64_t deliveries = 0;
    /// Requests that were answered with an error.
    std::uint64_t errors = 0;
    /// Clients that were disconnected because they read too slowly.
    std::uint64_t slow_consumers = 0;
    /// Clients that were disconnected because they did not answer the heartbeat.
    std::uint64_t heartbeats_missed = 0;
    /// Requests that were put to hooks.
    std::uint64_t hook_calls = 0;
    /// Hook requests that were denied because no answer came in time.
    std::uint64_t hook_timeouts = 0;
    /// Hook requests that are waiting for an answer now.
    std::uint64_t hook_requests = 0;
    /// Notifications that were handed to hooks.
    std::uint64_t hook_notices = 0;
    /// Notifications that were dropped because too many waited for the host.
    std::uint64_t hook_notices_dropped = 0;
    /// Bytes that wait in clients' send queues now.
    std::uint64_t queue_bytes = 0;
    /// Connections of trusted proxies that were closed because they did not begin with a PROXY header in
    /// time.
    std::uint64_t bad_proxy_headers = 0;
    /// Clients whose `X-Forwarded-For` was ignored, since they did not come from a trusted proxy.
    std::uint64_t forwarded_ignored = 0;

    /// 1 while messages go through Redis; this and what follows stays 0 without Redis.
    std::uint64_t bus_online = 0;
    /// Messages of rooms that came from Redis, own ones too.
    std::uint64_t bus_messages_in = 0;
    /// Messages that were published to Redis.
    std::uint64_t bus_messages_out = 0;
    /// Times that one of the two connections to Redis was lost.
    std::uint64_t bus_reconnects = 0;
    /// Subscriptions at Redis now.
    std::uint64_t bus_subscriptions = 0;
    /// Publishes whose answer was lost with the connection.
    std::uint64_t bus_uncertain = 0;
    /// Publishes that Redis refused.
    std::uint64_t bus_refused = 0;
    /// Messages from Redis that were skipped: they were too long, or had too large a head.
    std::uint64_t bus_too_large = 0;
    /// Messages from Redis that were skipped: they began as an envelope and were none.
    std::uint64_t bus_malformed = 0;
    /// Messages from Redis that were skipped: their envelope had a version that is not known.
    std::uint64_t bus_unknown_version = 0;
    /// Messages that wait for Redis now.
    std::uint64_t outbox_messages = 0;
    /// Messages that were dropped because they waited too long, or too many did.
    std::uint64_t outbox_dropped = 0;
    /// How long the last probe through Redis took, in microseconds.
    std::uint64_t probe_round_trip_us = 0;
};

}  // namespace fanwire
