#pragma once

#include <fanwire/log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fanwire {

/// What a server is set up with. Each option's name, default, bounds and help stand in one table
/// (`option_table.hpp`), from which command lines, Python and Node take them.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
struct options {
    /// Address to listen on: an IPv4 or IPv6 address. Default 127.0.0.1.
    std::string host = "127.0.0.1";
    /// TCP port to listen on. Default 8080, from 0 to 65535; zero takes a free one (`server::port` tells
    /// which).
    std::uint16_t port = 8080;
    /// Threads that serve clients. Default 1, from 0 to 64; zero means one a core, at most four.
    unsigned shards = 1;
    /// Lets several processes listen on the same port (SO_REUSEPORT). Default off.
    bool reuse_port = false;
    /// Whom a browser may come from: origins such as `https://example.org`, or `*` for all. Default empty:
    /// pages of the same host name, on any port.
    std::vector<std::string> origins;
    /// The proxies whose word about their clients is believed, as addresses or networks such as `10.0.0.0/8`:
    /// who the client is (`X-Forwarded-For`) and which host it asked for (`X-Forwarded-Host`). Default empty:
    /// nobody's.
    std::vector<std::string> trusted_proxies;
    /// Whether connections from `trusted_proxies` begin with a PROXY header (version 1 or 2), which says who
    /// the client is; without one they are closed. Default off.
    bool proxy_protocol = false;
    /// Whether the chat page stands at `/demo`. Default off when embedded; `fanwire serve` turns it on.
    bool demo = false;
    /// Who may read the metrics at `/metrics`, in Prometheus' text format: `off`, `loopback` (who is on the
    /// same machine, and not a proxy) or `on` (everybody). Default `off` when embedded; `fanwire serve` has
    /// `loopback`.
    std::string metrics = "off";

    /// Longest message that a client may send, in bytes. Default 64 KiB, from 1 KiB to 64 MiB.
    std::size_t max_message_in_bytes = std::size_t{64} << 10;
    /// Longest message that a host may publish or send, in bytes. Default 1 MiB, from 1 KiB to 64 MiB.
    std::size_t max_message_out_bytes = std::size_t{1} << 20;
    /// Deepest nesting of a client's JSON. Default 32, from 1 to 512.
    unsigned max_json_depth = 32;
    /// Longest room name, in bytes. Default 256, from 1 to 4096.
    std::size_t max_room_name_bytes = 256;
    /// Longest `id` or `key` of a request, in bytes. Default 64, from 1 to 1024.
    std::size_t max_id_bytes = 64;
    /// Rooms and patterns that one client may be in. Default 1,000, from 1 to 1,000,000; zero means no limit.
    std::size_t max_rooms_per_client = 1'000;
    /// Rooms with members on this instance. Default 1,000,000, from 1 to 100,000,000; zero means no limit.
    std::size_t max_rooms = 1'000'000;
    /// Connections at a time. Default 100,000, from 1 to 10,000,000; zero means no limit.
    std::size_t max_connections = 100'000;
    /// Bytes that may wait for one client before it counts as a slow consumer and is disconnected (close code
    /// 4100). Default 1 MiB, from 64 KiB to 1 GiB.
    std::size_t max_queue_bytes = std::size_t{1} << 20;
    /// Longest request head of an HTTP request, in bytes. Default 8 KiB, from 1 KiB to 64 KiB.
    std::size_t max_header_bytes = std::size_t{8} << 10;
    /// Whether clients may join patterns. Default on.
    bool allow_patterns = true;

    /// Within which time a new connection must have sent its whole HTTP request. Default 10 s, from 1 s to 5
    /// min.
    std::chrono::milliseconds handshake_timeout{10'000};
    /// After how much silence a client is pinged. Default 25 s, from 100 ms to 1 h; zero turns heartbeats
    /// off.
    std::chrono::milliseconds heartbeat_interval{25'000};
    /// Within which time a ping must be answered, else the client is disconnected (close code 4103). Default
    /// 10 s, from 100 ms to 1 h.
    std::chrono::milliseconds heartbeat_timeout{10'000};
    /// Within which time a hook must answer, else it counts as denied. Default 5 s, from 10 ms to 5 min.
    std::chrono::milliseconds hook_timeout{5'000};
    /// Requests that may wait for the host's hooks at a time; further ones are denied. Default 10,000, from 1
    /// to 10,000,000.
    std::size_t max_hook_requests = 10'000;
    /// Messages of one client that may be at the `on_message` hook at a time; then its reading pauses.
    /// Default 32, from 1 to 10,000.
    std::size_t max_hook_requests_per_client = 32;
    /// Over how much time a stop spreads the closes of its clients; those left then are cut. Default 30 s,
    /// from 0 to 1 h; zero closes all at once.
    std::chrono::milliseconds drain_timeout{30'000};
    /// How long a flush of messages may be held to gather more, as a share in percent of what the last one
    /// took. Default 30, from 0 to 100; zero turns the hold off.
    unsigned flush_hold_percent = 30;

    /// The Redis that instances meet on: `redis://user:password@host:6379/0`, `rediss://…` for TLS, or
    /// `unix:///path`. Default empty: rooms live in this instance's memory.
    std::string redis;
    /// A file whose first line is the password for Redis. Default empty.
    std::string redis_password_file;
    /// For `rediss://`: a file with the certificates of authorities to trust (PEM). Default empty: the
    /// system's.
    std::string redis_ca_file;
    /// For `rediss://`: a client certificate (PEM), and its key. Default empty: none.
    std::string redis_certificate_file;
    std::string redis_key_file;
    /// For `rediss://`: the name that the certificate of Redis must have. Default empty: the host of the URL.
    std::string redis_server_name;
    /// Within which time a connection to Redis must stand. Default 5 s, from 50 ms to 5 min.
    std::chrono::milliseconds redis_connect_timeout{5'000};
    /// Within which time Redis must answer, else the connection is replaced. Default 5 s, from 50 ms to 5
    /// min.
    std::chrono::milliseconds redis_command_timeout{5'000};
    /// How often it is probed whether messages come through Redis. Default 5 s, from 100 ms to 5 min.
    std::chrono::milliseconds probe_interval{5'000};
    /// Within which time a probe must come back, else the connection is replaced. Default 5 s, from 50 ms to
    /// 5 min.
    std::chrono::milliseconds probe_timeout{5'000};
    /// How long a room stays subscribed behind its last member. Default 1 s, from 0 to 5 min; zero ends it at
    /// once.
    std::chrono::milliseconds unsubscribe_linger{1'000};
    /// Messages that may wait while Redis cannot be reached; beyond it the oldest are dropped. Default
    /// 10,000, from 1 to 10,000,000.
    std::size_t max_outbox_messages = 10'000;
    /// Bytes that may wait so. Default 64 MiB, from 64 KiB to 16 GiB.
    std::size_t max_outbox_bytes = std::size_t{64} << 20;
    /// How long a message may wait so before it is dropped. Default 30 s, from 100 ms to 1 h.
    std::chrono::milliseconds outbox_timeout{30'000};
    /// What the Redis channels of rooms begin with. Default `room:`.
    std::string room_prefix = "room:";
    /// The Redis channel of messages to everybody. Default `broadcast`.
    std::string broadcast_channel = "broadcast";
    /// What this server's own keys and channels on Redis begin with. Default `fw:`.
    std::string key_prefix = "fw:";

    /// Where log lines go. Default: nowhere.
    log_function log;
};

}  // namespace fanwire
