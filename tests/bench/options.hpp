#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace fanwire::bench {

struct options {
    std::string workload = "fanout";   ///< fanout, echo or idle
    std::string protocol = "fanwire";  ///< fanwire, plain: the JSON protocol; raw: the payload, sent back
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string path;  ///< default: "/", for raw "/echo"
    std::size_t rooms = 1;
    std::size_t members = 1000;
    std::size_t publishers = 1;      ///< senders a room, of its members
    std::uint16_t publish_port = 0;  ///< where senders who are no members are; zero: there are none
    std::size_t outstanding = 8;
    std::size_t payload_bytes = 128;  ///< of the message as it is delivered
    double seconds = 3;
    double warmup = 1;
    double rate = 0;             ///< messages a second over all rooms; zero: closed loop
    std::size_t validate = 100;  ///< messages a member that are compared byte by byte
    bool spin = true;            ///< poll without sleeping, so that no server pays for waking the generator
    std::vector<pid_t> server_pids;
    std::string thread;  ///< whose CPU time is told for each server

    [[nodiscard]] bool is_raw() const { return protocol == "raw"; }
    [[nodiscard]] std::size_t all_members() const { return rooms * members; }
    [[nodiscard]] std::size_t all_clients() const {
        return all_members() + (publish_port == 0 ? 0 : rooms * publishers);
    }
};

inline constexpr std::string_view usage_text =
    "usage: load_generator --port N [option value]...\n"
    "  --workload fanout|echo|idle   fanout: rooms of members with one sender each; echo: rooms of one;\n"
    "                                idle: memory of the server for each connection that joined a room\n"
    "  --protocol fanwire|plain|raw  fanwire and plain are the same JSON protocol; raw: all is sent back\n"
    "  --host A  --path P            where (127.0.0.1, /; for raw /echo)\n"
    "  --rooms R  --members M        --connections N: N rooms of one member\n"
    "  --publishers N                senders a room (1), which together have W messages outstanding\n"
    "  --publish-port N              where the senders are, who are no members then: another instance\n"
    "  --outstanding W               messages a room that are under way at once (closed loop)\n"
    "  --rate N                      open loop instead: N messages a second over all rooms\n"
    "  --payload BYTES               of the delivered message (128)\n"
    "  --seconds S  --warmup S       measured and unmeasured time (3, 1)\n"
    "  --validate N                  messages a member that are compared byte by byte (100)\n"
    "  --spin 0|1                    poll without sleeping (1)\n"
    "  --server-pid PID              whose CPU time and memory is read; may be repeated\n"
    "  --thread NAME                 of each server, whose CPU time is told by itself\n"
    "Prints one line of JSON. Exits 1 if a message was lost, doubled, changed, out of order or "
    "misdelivered.\n";

namespace detail {

inline double number(std::string_view name, const std::string& text, double least) {
    std::size_t used = 0;
    double value = 0;
    try {
        value = std::stod(text, &used);
    } catch (const std::exception&) {
        used = 0;
    }
    if (used == 0 || used != text.size() || value < least) {
        throw std::invalid_argument(std::string(name) + ": not a number in range: " + text);
    }
    return value;
}

/// Puts the value of an option into its place.
using setter = std::function<void(std::string_view, const std::string&)>;

inline setter real(double& to) {
    return [&to](auto name, const auto& text) { to = number(name, text, 0); };
}

inline setter count(std::size_t& to) {
    return [&to](auto name, const auto& text) { to = static_cast<std::size_t>(number(name, text, 1)); };
}

inline setter text_of(std::string& to) {
    return [&to](auto, const auto& text) { to = text; };
}

inline setter word(std::string& to, std::vector<std::string> allowed) {
    return [&to, allowed](auto name, const auto& text) {
        if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
            throw std::invalid_argument(std::string(name) + ": unknown value: " + text);
        }
        to = text;
    };
}

inline std::map<std::string_view, setter> setters_of(options& o) {
    return {
        {"--workload", word(o.workload, {"fanout", "echo", "idle"})},
        {"--protocol", word(o.protocol, {"fanwire", "plain", "raw"})},
        {"--host", text_of(o.host)},
        {"--port",
         [&o](auto name, const auto& text) { o.port = static_cast<std::uint16_t>(number(name, text, 1)); }},
        {"--publish-port",
         [&o](auto name, const auto& text) {
             o.publish_port = static_cast<std::uint16_t>(number(name, text, 1));
         }},
        {"--publishers", count(o.publishers)},
        {"--thread", text_of(o.thread)},
        {"--path", text_of(o.path)},
        {"--rooms", count(o.rooms)},
        {"--members", count(o.members)},
        {"--connections",
         [&o](auto name, const auto& text) {
             count(o.rooms)(name, text);
             o.members = 1;
         }},
        {"--outstanding", count(o.outstanding)},
        {"--payload", count(o.payload_bytes)},
        {"--seconds", real(o.seconds)},
        {"--warmup", real(o.warmup)},
        {"--rate", real(o.rate)},
        {"--validate", count(o.validate)},
        {"--spin", [&o](auto name, const auto& text) { o.spin = number(name, text, 0) != 0; }},
        {"--server-pid",
         [&o](auto name, const auto& text) {
             o.server_pids.push_back(static_cast<pid_t>(number(name, text, 1)));
         }},
    };
}

}  // namespace detail

/// Errors: std::invalid_argument with a sentence that names the option.
inline options parse_options(int argc, const char* const* argv) {
    options o;
    const auto setters = detail::setters_of(o);
    for (int i = 1; i < argc; i += 2) {
        const auto found = setters.find(argv[i]);
        if (found == setters.end()) throw std::invalid_argument(std::string("unknown option: ") + argv[i]);
        if (i + 1 == argc) throw std::invalid_argument(std::string(argv[i]) + " needs a value");
        found->second(found->first, argv[i + 1]);
    }
    if (o.port == 0) throw std::invalid_argument("--port is missing");
    if (o.workload == "echo") o.members = 1;
    if (o.is_raw() && o.members != 1) throw std::invalid_argument("--protocol raw needs rooms of one member");
    if (o.publish_port == 0 && o.publishers > o.members)
        throw std::invalid_argument("--publishers: more than --members, and no --publish-port");
    if (o.path.empty()) o.path = o.is_raw() ? "/echo" : "/";
    return o;
}

}  // namespace fanwire::bench
