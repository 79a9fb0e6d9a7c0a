#include "bus/redis/redis_target.hpp"

#include <charconv>
#include <stdexcept>

namespace fanwire {

namespace {

[[noreturn]] void refuse(std::string_view why) {
    throw std::invalid_argument(
        "option `redis` must be a URL such as redis://user:password@host:6379/0, "
        "rediss://host or unix:///path: " +
        std::string(why));
}

std::string decode_percent(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        unsigned value = 0;
        const char* const first = text.data() + at + 1;
        const char* const last = first + 2;
        if (at + 2 >= text.size() || std::from_chars(first, last, value, 16).ptr != last) {
            refuse("a % in user or password stands before two hexadecimal digits");
        }
        decoded += static_cast<char>(value);
        at += 2;
    }
    return decoded;
}

template <class Number>
Number number_of(std::string_view text, std::string_view what) {
    Number value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size())
        refuse(std::string(what) + " must be a number");
    return value;
}

/// Takes `user:password@` off the front.
void take_credentials(std::string_view& rest, std::size_t authority_end, redis_target& target) {
    const std::size_t at = rest.substr(0, authority_end).rfind('@');
    if (at == std::string_view::npos) return;
    const std::string_view credentials = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    const std::size_t colon = credentials.find(':');
    target.user = decode_percent(credentials.substr(0, colon));
    if (colon != std::string_view::npos) target.password = decode_percent(credentials.substr(colon + 1));
}

void take_host_and_port(std::string_view authority, redis_target& target) {
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) refuse("an IPv6 address ends with ]");
        target.host = authority.substr(1, end - 1);
        port = authority.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) refuse("behind ] stands nothing but a port");
    } else {
        const std::size_t colon = authority.find(':');
        if (colon != 0) target.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) port = authority.substr(colon);
    }
    if (authority.empty()) target.host = "127.0.0.1";
    if (target.host.empty()) refuse("there is no host");
    if (!port.empty()) target.port = number_of<std::uint16_t>(port.substr(1), "the port");
    if (target.port == 0) refuse("the port must not be 0");
}

redis_target parse_unix(std::string_view rest) {
    redis_target target;
    target.over = redis_target::transport::unix_socket;
    // The path begins at the first slash; what stands before it are credentials.
    take_credentials(rest, rest.find('/'), target);
    const std::size_t query = rest.find('?');
    target.path = rest.substr(0, query);
    if (!target.path.starts_with('/')) refuse("a Unix socket has an absolute path");
    if (query != std::string_view::npos) {
        const std::string_view database = rest.substr(query + 1);
        if (!database.starts_with("db=")) refuse("behind the path stands nothing but ?db=");
        target.database = number_of<unsigned>(database.substr(3), "the database");
    }
    return target;
}

}  // namespace

redis_target parse_redis_url(std::string_view url) {
    const std::size_t scheme_end = url.find("://");
    const std::string_view scheme = url.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos) refuse("there is no ://");
    std::string_view rest = url.substr(scheme_end + 3);
    if (scheme == "unix") return parse_unix(rest);
    redis_target target;
    if (scheme == "rediss") {
        target.over = redis_target::transport::tls;
    } else if (scheme != "redis") {
        refuse("the scheme is redis, rediss or unix");
    }
    take_credentials(rest, std::string_view::npos, target);
    const std::size_t slash = rest.find('/');
    take_host_and_port(rest.substr(0, slash), target);
    if (slash != std::string_view::npos && slash + 1 != rest.size()) {
        target.database = number_of<unsigned>(rest.substr(slash + 1), "the database");
    }
    return target;
}

std::string redacted_url(const redis_target& target) {
    std::string credentials = target.user;
    if (!target.password.empty()) credentials += ":***";
    if (!credentials.empty()) credentials += "@";
    if (target.over == redis_target::transport::unix_socket) {
        return "unix://" + credentials + target.path + "?db=" + std::to_string(target.database);
    }
    const std::string host =
        target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
    return (target.over == redis_target::transport::tls ? "rediss://" : "redis://") + credentials + host +
           ":" + std::to_string(target.port) + "/" + std::to_string(target.database);
}

}  // namespace fanwire
