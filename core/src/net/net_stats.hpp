#pragma once

#include "base/counter.hpp"

namespace fanwire {

/// What the connections of a shard have done. Written by the shard, read by anyone.
struct connection_stats {
    /// Connections that were closed because too much waited for them.
    counter slow_consumers;
    /// Connections that were closed because their bytes broke the rules.
    counter protocol_errors;
    /// Connections that were cut because the closing handshake took too long.
    counter close_timeouts;
    /// Bytes that wait now, over all connections.
    counter queue_bytes;
};

/// What a listener has done.
struct listener_stats {
    counter accepted;
    /// Times that accepting paused because the process, or the system, had no descriptor left.
    counter pauses;
};

/// What the HTTP sessions of a shard have done.
struct http_stats {
    /// Requests that were given to the handler.
    counter requests;
    /// Requests that were refused because they were malformed, or no valid upgrade.
    counter malformed;
    /// Requests that were refused because their head or their body was too long.
    counter too_large;
    /// Sessions that ended because a request, or the reading of a response, took too long.
    counter timeouts;
    /// Sockets that were upgraded.
    counter upgrades;
    /// Connections of trusted proxies that were closed because they did not begin with a PROXY header in
    /// time.
    counter bad_proxy_headers;
};

}  // namespace fanwire
