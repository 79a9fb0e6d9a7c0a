#include <fanwire/option_table.hpp>

#include "base/overloaded.hpp"
#include "net/trusted_networks.hpp"

#include <algorithm>
#include <concepts>
#include <stdexcept>
#include <type_traits>

namespace fanwire {

namespace {

using std::chrono::milliseconds;

/// An option as it is declared: where it stands in `options`, and what it may be.
using option_place = std::variant<std::string options::*, std::vector<std::string> options::*,
                                  bool options::*, std::uint16_t options::*, unsigned options::*,
                                  std::size_t options::*, milliseconds options::*>;

struct declaration {
    std::string_view name;
    option_place place;
    option_kind kind;
    std::int64_t least;
    std::int64_t most;
    std::string_view zero;
    std::string_view help;
};

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;

const std::vector<declaration>& declarations() {
    using o = options;
    using k = option_kind;
    static const std::vector<declaration> all = {
        {"host", &o::host, k::text, 0, 0, "", "Address to listen on: an IPv4 or IPv6 address."},
        {"port", &o::port, k::number, 0, 65535, "takes a free one", "TCP port to listen on."},
        {"shards", &o::shards, k::number, 1, 64, "one a core, at most four", "Threads that serve clients."},
        {"reuse_port", &o::reuse_port, k::flag, 0, 0, "", "Lets several processes listen on the same port."},
        {"origins", &o::origins, k::text_list, 0, 0, "",
         "Origins from which browsers may connect, or * for all; none: pages of the same host name, on any "
         "port."},
        {"trusted_proxies", &o::trusted_proxies, k::text_list, 0, 0, "",
         "Proxies whose X-Forwarded-For and X-Forwarded-Host are believed: addresses, or networks such as "
         "10.0.0.0/8; none: nobody's."},
        {"proxy_protocol", &o::proxy_protocol, k::flag, 0, 0, "",
         "Wants a PROXY header (version 1 or 2) at the beginning of connections from trusted_proxies."},
        {"demo", &o::demo, k::flag, 0, 0, "", "Offers the chat page at /demo."},
        {"metrics", &o::metrics, k::text, 0, 0, "",
         "Who may read the metrics at /metrics: off, loopback (who is on this machine, and not a proxy) or "
         "on (everybody)."},
        {"max_message_in_bytes", &o::max_message_in_bytes, k::bytes, kib, 64 * mib, "",
         "Longest message that a client may send; beyond it the client is disconnected (1009)."},
        {"max_message_out_bytes", &o::max_message_out_bytes, k::bytes, kib, 64 * mib, "",
         "Longest message that the host may publish or send."},
        {"max_json_depth", &o::max_json_depth, k::number, 1, 512, "", "Deepest nesting of a client's JSON."},
        {"max_room_name_bytes", &o::max_room_name_bytes, k::bytes, 1, 4096, "", "Longest room name."},
        {"max_id_bytes", &o::max_id_bytes, k::bytes, 1, 1024, "", "Longest id or key of a request."},
        {"max_rooms_per_client", &o::max_rooms_per_client, k::number, 1, 10'000, "",
         "Rooms and patterns that one client may be in."},
        {"max_rooms", &o::max_rooms, k::number, 1, 100'000'000, "no limit",
         "Rooms with members on this instance."},
        {"max_connections", &o::max_connections, k::number, 1, 10'000'000, "no limit",
         "Connections at a time; further ones are refused (503)."},
        {"max_queue_bytes", &o::max_queue_bytes, k::bytes, 64 * kib, gib, "",
         "Bytes that may wait for one client; beyond it the client is disconnected as a slow consumer "
         "(4100)."},
        {"max_header_bytes", &o::max_header_bytes, k::bytes, kib, 64 * kib, "",
         "Longest head of an HTTP request; beyond it the answer is 431."},
        {"allow_patterns", &o::allow_patterns, k::flag, 0, 0, "", "Lets clients join patterns."},
        {"handshake_timeout", &o::handshake_timeout, k::duration, second, 5 * minute, "",
         "Within which time a new connection must have sent its whole HTTP request."},
        {"heartbeat_interval", &o::heartbeat_interval, k::duration, 100, hour, "turns heartbeats off",
         "After how much silence a client is pinged."},
        {"heartbeat_timeout", &o::heartbeat_timeout, k::duration, 100, hour, "",
         "Within which time a ping must be answered, else the client is disconnected (4103)."},
        {"hook_timeout", &o::hook_timeout, k::duration, 10, 5 * minute, "",
         "Within which time a hook must answer, else it counts as denied."},
        {"max_hook_requests", &o::max_hook_requests, k::number, 1, 10'000'000, "",
         "Requests that may wait for the host's hooks at a time; further ones are denied."},
        {"max_hook_requests_per_client", &o::max_hook_requests_per_client, k::number, 1, 10'000, "",
         "Messages of one client that may be at the on_message hook at a time; then its reading pauses."},
        {"drain_timeout", &o::drain_timeout, k::duration, 0, hour, "closes all at once",
         "Over how much time `fanwire serve` spreads the closes of its clients when it is told to end."},
        {"redis", &o::redis, k::text, 0, 0, "",
         "The Redis that instances meet on: redis://user:password@host:6379/0, rediss://host, unix:///path; "
         "none: rooms live "
         "in memory."},
        {"redis_password_file", &o::redis_password_file, k::text, 0, 0, "",
         "File whose first line is the password for Redis."},
        {"redis_ca_file", &o::redis_ca_file, k::text, 0, 0, "",
         "File with the certificates of authorities to trust for rediss://; none: the system's."},
        {"redis_certificate_file", &o::redis_certificate_file, k::text, 0, 0, "",
         "Client certificate for rediss://."},
        {"redis_key_file", &o::redis_key_file, k::text, 0, 0, "", "Key of the client certificate."},
        {"redis_server_name", &o::redis_server_name, k::text, 0, 0, "",
         "Name that the certificate of Redis must have; none: the host of the URL."},
        {"redis_connect_timeout", &o::redis_connect_timeout, k::duration, 50, 5 * minute, "",
         "Within which time a connection to Redis must stand."},
        {"redis_command_timeout", &o::redis_command_timeout, k::duration, 50, 5 * minute, "",
         "Within which time Redis must answer, else the connection is replaced."},
        {"probe_interval", &o::probe_interval, k::duration, 100, 5 * minute, "",
         "How often it is probed whether messages come through Redis."},
        {"probe_timeout", &o::probe_timeout, k::duration, 50, 5 * minute, "",
         "Within which time a probe must come back, else the connection is replaced."},
        {"unsubscribe_linger", &o::unsubscribe_linger, k::duration, 0, 5 * minute, "ends it at once",
         "How long a room stays subscribed behind its last member."},
        {"max_outbox_messages", &o::max_outbox_messages, k::number, 1, 10'000'000, "",
         "Messages that may wait while Redis cannot be reached; beyond it the oldest are dropped."},
        {"max_outbox_bytes", &o::max_outbox_bytes, k::bytes, 64 * kib, 16 * gib, "",
         "Bytes that may wait while Redis cannot be reached."},
        {"outbox_timeout", &o::outbox_timeout, k::duration, 100, hour, "",
         "How long a message may wait for Redis before it is dropped."},
        {"room_prefix", &o::room_prefix, k::text, 0, 0, "", "What the Redis channels of rooms begin with."},
        {"broadcast_channel", &o::broadcast_channel, k::text, 0, 0, "",
         "Redis channel of messages to everybody."},
        {"key_prefix", &o::key_prefix, k::text, 0, 0, "",
         "What this server's own keys and channels on Redis begin with."},
        {"flush_hold_percent", &o::flush_hold_percent, k::number, 0, 100, "never holds",
         "How long messages are held to gather more, as a share of what the last flush took."},
    };
    return all;
}

option_value value_of(const options& from, const option_place& place) {
    return std::visit(
        [&](auto member) -> option_value {
            const auto& value = from.*member;
            using value_type = std::remove_cvref_t<decltype(value)>;
            if constexpr (std::same_as<value_type, milliseconds>) {
                return std::int64_t{value.count()};
            } else if constexpr (std::integral<value_type> && !std::same_as<value_type, bool>) {
                return static_cast<std::int64_t>(value);
            } else {
                return value;
            }
        },
        place);
}

const declaration& find(std::string_view name) {
    const auto found = std::ranges::find(declarations(), name, &declaration::name);
    if (found == declarations().end())
        throw std::invalid_argument("there is no option `" + std::string(name) + "`");
    return *found;
}

std::string bounds_of(const declaration& declared) {
    std::string text = "from " + std::to_string(declared.least) + " to " + std::to_string(declared.most);
    if (declared.kind == option_kind::duration) text += " milliseconds";
    if (declared.kind == option_kind::bytes) text += " bytes";
    if (!declared.zero.empty() && declared.least != 0) text += ", or 0 (" + std::string(declared.zero) + ")";
    return text;
}

void check_bounds(const declaration& declared, std::int64_t value) {
    const bool is_special_zero = value == 0 && !declared.zero.empty();
    if (is_special_zero || (value >= declared.least && value <= declared.most)) return;
    throw std::invalid_argument("option `" + std::string(declared.name) + "` is " + std::to_string(value) +
                                ", but must be " + bounds_of(declared));
}

[[noreturn]] void refuse_kind(const declaration& declared) {
    static constexpr std::string_view wanted[] = {"a string",       "a list of strings", "true or false",
                                                  "a whole number", "a number of bytes", "a duration"};
    throw std::invalid_argument("option `" + std::string(declared.name) + "` must be " +
                                std::string(wanted[static_cast<std::size_t>(declared.kind)]));
}

void check_proxies(const options& given) {
    for (const std::string& one : given.trusted_proxies) {
        if (trusted_networks::is_network(one)) continue;
        throw std::invalid_argument("option `trusted_proxies` has `" + one +
                                    "`, which is neither an address nor a network such as 10.0.0.0/8");
    }
    if (given.proxy_protocol && given.trusted_proxies.empty()) {
        throw std::invalid_argument(
            "option `proxy_protocol` needs `trusted_proxies`, since only they may say who a client is");
    }
}

}  // namespace

std::string_view option_kind_name(option_kind kind) noexcept {
    static constexpr std::string_view names[] = {"text", "text_list", "flag", "number", "bytes", "duration"};
    return names[static_cast<std::size_t>(kind)];
}

std::span<const option_info> option_table() {
    static const std::vector<option_info> table = [] {
        std::vector<option_info> made;
        const options initial;
        for (const declaration& one : declarations()) {
            made.push_back(
                {one.name, one.kind, value_of(initial, one.place), one.least, one.most, one.zero, one.help});
        }
        return made;
    }();
    return table;
}

void set_option(options& target, std::string_view name, const option_value& value) {
    const declaration& declared = find(name);
    const auto set_number = [&](auto member) {
        using value_type = std::remove_cvref_t<decltype(target.*member)>;
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr) refuse_kind(declared);
        check_bounds(declared, *number);
        if constexpr (std::same_as<value_type, milliseconds>) {
            target.*member = milliseconds{*number};
        } else {
            target.*member = static_cast<value_type>(*number);
        }
    };
    const auto set_other = [&](auto member) {
        using value_type = std::remove_cvref_t<decltype(target.*member)>;
        const auto* other = std::get_if<value_type>(&value);
        if (other == nullptr) refuse_kind(declared);
        target.*member = *other;
    };
    std::visit(overloaded{
                   [&](std::string options::* member) { set_other(member); },
                   [&](std::vector<std::string> options::* member) { set_other(member); },
                   [&](bool options::* member) { set_other(member); },
                   [&](auto member) { set_number(member); },
               },
               declared.place);
}

void check_options(const options& given) {
    for (const declaration& one : declarations()) {
        const option_value value = value_of(given, one.place);
        if (const auto* number = std::get_if<std::int64_t>(&value)) check_bounds(one, *number);
    }
    if (given.metrics != "off" && given.metrics != "loopback" && given.metrics != "on") {
        throw std::invalid_argument("option `metrics` is \"" + given.metrics +
                                    "\", but must be off, loopback or on");
    }
    if (given.max_queue_bytes < given.max_message_in_bytes) {
        throw std::invalid_argument(
            "option `max_queue_bytes` must not be less than `max_message_in_bytes`, since a "
            "message must fit into the queue");
    }
    check_proxies(given);
}

}  // namespace fanwire
