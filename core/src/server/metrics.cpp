#include "server/metrics.hpp"

#include "net/endpoint.hpp"

#include <cstdio>

namespace fanwire {

namespace {

constexpr auto counted = metric_type::counter;
constexpr auto gauge = metric_type::gauge;

constexpr metric all[] = {
    {"fanwire_connections", gauge, "Clients that are connected now.", "", &stats::connections},
    {"fanwire_connections_accepted_total", counted, "Clients that were ever accepted.", "",
     &stats::connections_total},
    {"fanwire_rooms", gauge, "Rooms that have members on this instance now.", "", &stats::rooms},
    {"fanwire_room_members", gauge, "Memberships now: each client counts once a room or pattern.", "",
     &stats::members},
    {"fanwire_messages_received_total", counted, "WebSocket messages that clients sent.", "",
     &stats::messages_in},
    {"fanwire_deliveries_total", counted,
     "Messages that were given to clients' connections, each client counted.", "", &stats::deliveries},
    {"fanwire_request_errors_total", counted, "Requests that were answered with an error.", "",
     &stats::errors},
    {"fanwire_slow_consumers_total", counted, "Clients that were disconnected because they read too slowly.",
     "", &stats::slow_consumers},
    {"fanwire_heartbeats_missed_total", counted,
     "Clients that were disconnected because they did not answer the heartbeat.", "",
     &stats::heartbeats_missed},
    {"fanwire_bad_proxy_headers_total", counted,
     "Connections of trusted proxies that were closed because they did not begin with a PROXY header in "
     "time.",
     "", &stats::bad_proxy_headers},
    {"fanwire_forwarded_ignored_total", counted,
     "Clients whose X-Forwarded-For was ignored, since they did not come from a trusted proxy.", "",
     &stats::forwarded_ignored},
    {"fanwire_queue_bytes", gauge, "Bytes that wait in clients' send queues now.", "", &stats::queue_bytes},
    {"fanwire_hook_calls_total", counted, "Requests that were put to hooks.", "", &stats::hook_calls},
    {"fanwire_hook_timeouts_total", counted, "Hook requests that were denied because no answer came in time.",
     "", &stats::hook_timeouts},
    {"fanwire_hook_requests", gauge, "Hook requests that wait for an answer now.", "", &stats::hook_requests},
    {"fanwire_hook_notices_total", counted, "Notifications that were handed to hooks.", "",
     &stats::hook_notices},
    {"fanwire_hook_notices_dropped_total", counted,
     "Notifications that were dropped because too many waited for the host.", "",
     &stats::hook_notices_dropped},
    {"fanwire_bus_online", gauge, "1 while messages go through Redis; 0 without Redis.", "",
     &stats::bus_online},
    {"fanwire_bus_messages_received_total", counted, "Messages of rooms that came from Redis, own ones too.",
     "", &stats::bus_messages_in},
    {"fanwire_bus_messages_published_total", counted, "Messages that were published to Redis.", "",
     &stats::bus_messages_out},
    {"fanwire_bus_messages_skipped_total", counted, "Messages from Redis that were skipped, by reason.",
     "reason=\"too_large\"", &stats::bus_too_large},
    {"fanwire_bus_messages_skipped_total", counted, "", "reason=\"malformed\"", &stats::bus_malformed},
    {"fanwire_bus_messages_skipped_total", counted, "", "reason=\"unknown_version\"",
     &stats::bus_unknown_version},
    {"fanwire_bus_reconnects_total", counted, "Times that one of the two connections to Redis was lost.", "",
     &stats::bus_reconnects},
    {"fanwire_bus_subscriptions", gauge, "Subscriptions at Redis now.", "", &stats::bus_subscriptions},
    {"fanwire_bus_publishes_uncertain_total", counted, "Publishes whose answer was lost with the connection.",
     "", &stats::bus_uncertain},
    {"fanwire_bus_publishes_refused_total", counted, "Publishes that Redis refused.", "",
     &stats::bus_refused},
    {"fanwire_bus_probe_round_trip_seconds", gauge, "How long the last probe through Redis took.", "",
     &stats::probe_round_trip_us, true},
    {"fanwire_outbox_messages", gauge, "Messages that wait for Redis now.", "", &stats::outbox_messages},
    {"fanwire_outbox_dropped_total", counted,
     "Messages that were dropped because they waited too long for Redis, or too many did.", "",
     &stats::outbox_dropped},
};

void write_head(std::string& out, const metric& one) {
    out.append("# HELP ").append(one.name).append(" ").append(one.help);
    out.append("\n# TYPE ").append(one.name).append(one.type == gauge ? " gauge\n" : " counter\n");
}

void write_value(std::string& out, const metric& one, std::uint64_t value) {
    out += one.name;
    if (!one.label.empty()) out.append("{").append(one.label).append("}");
    char number[32];
    if (one.is_in_microseconds) {
        std::snprintf(number, sizeof(number), " %.6f\n", static_cast<double>(value) / 1e6);
    } else {
        std::snprintf(number, sizeof(number), " %llu\n", static_cast<unsigned long long>(value));
    }
    out += number;
}

}  // namespace

std::span<const metric> metric_table() { return all; }

std::string metrics_text(const stats& counted_now) {
    std::string out;
    std::string_view name;
    for (const metric& one : all) {
        if (one.name != name) write_head(out, one);
        name = one.name;
        write_value(out, one, counted_now.*one.value);
    }
    return out;
}

bool shows_metrics(std::string_view setting, std::string_view address, bool is_forwarded) {
    if (setting == "on") return true;
    if (setting != "loopback" || is_forwarded) return false;
    const auto reader = read_endpoint(address);
    return reader && reader->address.is_loopback();
}

}  // namespace fanwire
