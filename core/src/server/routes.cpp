#include "server/routes.hpp"

#include "base/overloaded.hpp"
#include "server/embedded_files.hpp"
#include "server/forwarded.hpp"
#include "server/instance_state.hpp"
#include "server/metrics.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

http_response text_response(unsigned status, std::string text) {
    return {status, "text/plain; charset=utf-8", std::move(text) + "\n", {}};
}

/// What a page may do: it loads nothing from elsewhere and runs no inline script.
http_response file_response(const embedded_file& file) {
    return {200,
            std::string(file.content_type),
            std::string(file.content),
            {{"content-security-policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
              "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
             {"x-content-type-options", "nosniff"},
             {"cache-control", "no-cache"}}};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

/// Whether this is a request for the metrics by somebody who may read them.
bool reads_metrics(const http_request& request, std::string_view setting) {
    if (path_of(request.target) != "/metrics") return false;
    static constexpr std::string_view marks[] = {"x-forwarded-for", "forwarded", "via"};
    const bool is_forwarded =
        std::ranges::any_of(marks, [&](std::string_view mark) { return !request.header(mark).empty(); });
    return shows_metrics(setting, request.remote_address, is_forwarded);
}

bool is_reserved(std::string_view path) {
    static constexpr std::string_view roots[] = {"/healthz", "/readyz", "/metrics",
                                                 "/api",     "/demo",   "/console"};
    return std::ranges::any_of(roots, [&](std::string_view root) {
        return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
    });
}

/// Takes what a refused client still says.
class deaf_handler final : public connection_handler {
public:
    void on_message(payload_kind, std::string_view) override {}
    void on_alive() override {}
    void on_closed(close_code) override {}
};

deaf_handler nobody;

}  // namespace

/// A client's place among the connections, from its handshake to its end or its refusal.
class routes::seat {
public:
    seat(std::shared_ptr<instance_state> instance, shard& clients)
        : instance_(std::move(instance)),
          shard_(clients),
          id_(clients.reserve_id()) {
        instance_->arriving.fetch_add(1, std::memory_order_relaxed);
    }
    seat(const seat&) = delete;
    seat& operator=(const seat&) = delete;
    ~seat() {
        if (is_taken_) return;
        if (gone_) shard_.gate().tell(std::move(*gone_));
        shard_.release_id(id_);
        instance_->arriving.fetch_sub(1, std::memory_order_relaxed);
    }

    [[nodiscard]] client_id id() const noexcept { return id_; }
    /// The host accepted the client: it is told of its end, should the client not come.
    void admit(const std::optional<std::string>& user) {
        if (shard_.gate().has_on_disconnect()) gone_ = {id_, user, close_code::abnormal, {}};
    }
    /// The client has come: the shard gives the place back when it goes.
    void take() noexcept {
        is_taken_ = true;
        instance_->arriving.fetch_sub(1, std::memory_order_relaxed);
    }

private:
    std::shared_ptr<instance_state> instance_;
    shard& shard_;
    client_id id_;
    std::optional<disconnect_notice> gone_;
    bool is_taken_ = false;
};

/// A client between its request and its acceptance.
struct routes::arrival {
    arrival(http_responder&& answer, const std::shared_ptr<instance_state>& instance, shard& clients)
        : responder(std::move(answer)),
          place(instance, clients) {}

    http_responder responder;
    seat place;
    chosen_codec codec;
};

routes::routes(std::shared_ptr<instance_state> instance, shard& clients, connection_set& connections,
               const time_source& times, executor& turns)
    : instance_(std::move(instance)),
      shard_(clients),
      connections_(connections),
      times_(times),
      turns_(turns),
      origins_(instance_->given.origins),
      strangers_(std::chrono::seconds{1}),
      silent_proxies_(std::chrono::seconds{1}),
      codecs_({instance_->given.max_json_depth, instance_->given.max_room_name_bytes,
               instance_->given.max_id_bytes}) {}

void routes::on_request(const http_request& request, http_responder responder) {
    if (request.is_upgrade) {
        on_upgrade(request, std::move(responder));
    } else if (request.method == "GET" || request.method == "HEAD") {
        if (!reads_metrics(request, instance_->given.metrics))
            return answer_get(path_of(request.target), responder);
        responder.respond({200, std::string(metrics_content_type), metrics_text(instance_->count()), {}});
    } else {
        http_response refused = text_response(405, "method not allowed");
        refused.headers.emplace_back("allow", "GET, HEAD");
        responder.respond(std::move(refused));
    }
}

void routes::answer_get(std::string_view path, http_responder& responder) {
    if (path == "/healthz") return responder.respond(text_response(200, "ok"));
    if (path == "/readyz") {
        if (instance_->is_draining) return responder.respond(text_response(503, "draining"));
        if (!instance_->has_bus())
            return responder.respond(text_response(503, "no message came back through Redis lately"));
        return responder.respond(text_response(200, "ready"));
    }
    if (instance_->given.demo) {
        const auto files = embedded_files();
        const auto found = std::ranges::find(files, path, &embedded_file::path);
        if (found != files.end()) return responder.respond(file_response(*found));
    }
    if (is_reserved(path)) return responder.respond(text_response(404, "not found"));
    http_response upgrade = text_response(426, "this is a WebSocket endpoint");
    upgrade.headers.emplace_back("upgrade", "websocket");
    responder.respond(std::move(upgrade));
}

/// Why a client is refused before the host is asked.
std::optional<http_response> routes::refusal(const http_request& request) {
    if (is_reserved(path_of(request.target))) return text_response(404, "no WebSocket endpoint here");
    if (instance_->is_draining) return text_response(503, "the server is stopping");
    const std::size_t limit = instance_->given.max_connections;
    if (limit != 0 && instance_->connections() >= limit) {
        return text_response(503, "too many connections");
    }
    const std::string_view origin = request.header("origin");
    if (!origins_.allows(origin, requested_host(request))) {
        if (strangers_.count(1, times_.now().steady) != 0) {
            instance_->log(log_level::warning,
                           "refused a client whose origin is not allowed; the option `origins` with "
                           "its origin, or `*`, would admit it");
        }
        return text_response(403, "origin not allowed");
    }
    return {};
}

void routes::on_bad_proxy_header() {
    if (silent_proxies_.count(1, times_.now().steady) == 0) return;
    instance_->log(log_level::warning,
                   "closed a connection of a trusted proxy that did not begin with a PROXY header; the proxy "
                   "must send one, or the option `proxy_protocol` be off");
}

void routes::on_upgrade(const http_request& request, http_responder responder) {
    if (is_forwarded_by_a_stranger(request)) forwarded_ignored_.add();
    if (auto refused = refusal(request)) return responder.respond(std::move(*refused));
    auto arriving = std::make_shared<arrival>(std::move(responder), instance_, shard_);
    arriving->codec = codecs_.choose(offered_subprotocols(request));
    if (shard_.gate().has_on_connect()) {
        ask_host(request, std::move(arriving));
    } else {
        let_in(arriving, {});
    }
}

void routes::ask_host(const http_request& request, std::shared_ptr<arrival> arriving) {
    connect_request asked{arriving->place.id(),
                          std::string(path_of(request.target)),
                          std::string(query_of(request.target)),
                          request.headers,
                          client_address(request, instance_->proxies),
                          arriving->codec.subprotocol};
    auto then = [this, arriving](hook_answer<connect_decision> answer) {
        decide(arriving, std::move(answer));
    };
    if (!shard_.gate().ask(std::move(asked), std::move(then), times_.now().steady)) {
        return arriving->responder.respond(text_response(503, "too many requests wait for the application"));
    }
    end_turn_soon();
}

void routes::decide(const std::shared_ptr<arrival>& arriving, hook_answer<connect_decision> answer) {
    if (!answer.decision) {
        return turn_away(arriving, close_code::try_again_later, "the application did not answer");
    }
    std::visit(overloaded{
                   [&](accept& admitted) {
                       arriving->place.admit(admitted.user);
                       let_in(arriving, std::move(admitted.user));
                   },
                   [&](reject& refused) { turn_away(arriving, refused.code, std::move(refused.reason)); },
               },
               *answer.decision);
}

void routes::let_in(const std::shared_ptr<arrival>& arriving, std::optional<std::string> user) {
    arriving->responder.upgrade(arriving->codec.subprotocol, [this, arriving, user = std::move(user)](
                                                                 upgraded_socket upgraded) mutable {
        connection& link = connections_.open(std::move(upgraded));
        arriving->place.take();
        connection_handler& client =
            shard_.open(arriving->place.id(), link, codecs_.make(arriving->codec.kind), std::move(user));
        connections_.start(link, client);
        end_turn_soon();
    });
}

/// HTTP comes outside the shard's turns: what it has for hooks and clients would wait for the next tick.
void routes::end_turn_soon() {
    turns_.post([] {});
}

/// Browsers cannot see why a handshake was refused, so it is granted, and the refusal comes as a close code.
void routes::turn_away(const std::shared_ptr<arrival>& arriving, close_code code, std::string reason) {
    arriving->responder.upgrade(arriving->codec.subprotocol,
                                [this, arriving, code, reason = std::move(reason)](upgraded_socket upgraded) {
                                    connection& link = connections_.open(std::move(upgraded));
                                    connections_.start(link, nobody);
                                    link.close(code, reason);
                                });
}

}  // namespace fanwire
