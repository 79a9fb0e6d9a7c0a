// A WebSocket server on net/ alone that sends back every message, for conformance suites and profilers.
#include "net/connection_set.hpp"
#include "net/http_handler.hpp"
#include "net/http_session_set.hpp"
#include "net/listener.hpp"
#include "net/poller.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fanwire {

namespace {

constexpr std::size_t max_message_bytes = std::size_t{64} << 20;
constexpr std::size_t max_queue_bytes = std::size_t{256} << 20;
constexpr std::size_t early_flush_bytes = std::size_t{64} << 10;
constexpr std::chrono::milliseconds tick{100};

struct arguments {
    listen_options listen;
    poller_kind poller = best_poller_kind();
};

class echo_client;

/// All clients, and those that have something to send at the end of the turn.
struct echo_clients {
    std::unordered_map<const echo_client*, std::unique_ptr<echo_client>> all;
    std::vector<echo_client*> waiting;
};

class echo_client final : public connection_handler {
public:
    echo_client(connection& link, echo_clients& clients) : connection_(link), clients_(clients) {}

    void on_message(payload_kind kind, std::string_view payload) override {
        if (!echoes_) echoes_ = std::make_shared<chunk>();
        if (echoes_->is_empty()) clients_.waiting.push_back(this);
        echoes_->append(kind, payload);
        if (echoes_->size_bytes() >= early_flush_bytes) flush();
    }

    void on_alive() override {}

    void on_closed(close_code /*code*/) override {
        std::erase(clients_.waiting, this);
        clients_.all.erase(this);
    }

    void flush() {
        if (!echoes_ || echoes_->is_empty()) return;
        connection_.send(echoes_);
        // What the socket did not take is still looked at by the send queue.
        if (echoes_.use_count() > 1 || echoes_->size_bytes() > early_flush_bytes) {
            echoes_.reset();
        } else {
            echoes_->clear();
        }
    }

private:
    connection& connection_;
    echo_clients& clients_;
    std::shared_ptr<chunk> echoes_;
};

class echo_server final : private http_handler, private turn_handler {
public:
    echo_server(boost::asio::io_context& context, const arguments& given)
        : poller_(make_poller(context, given.poller)),
          connections_(*poller_, {.max_message_bytes = max_message_bytes, .max_queue_bytes = max_queue_bytes},
                       *this),
          sessions_(context, {}, *this),
          listener_(context, given.listen,
                    [this](accepted_socket accepted) { sessions_.open(std::move(accepted)); }),
          timer_(context) {
        listener_.start();
        wait_for_tick();
    }

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

private:
    void on_request(const http_request& request, http_responder responder) override {
        if (!request.is_upgrade) {
            responder.respond({.status = 426,
                               .content_type = "text/plain",
                               .body = "WebSocket only.\n",
                               .headers = {{"Upgrade", "websocket"}}});
            return;
        }
        const auto offered = offered_subprotocols(request);
        responder.upgrade(offered.empty() ? std::string_view{} : offered.front(),
                          [this](upgraded_socket upgraded) { start(std::move(upgraded)); });
    }

    void start(upgraded_socket upgraded) {
        connection& opened = connections_.open(std::move(upgraded));
        auto owned = std::make_unique<echo_client>(opened, clients_);
        echo_client& client = *owned;
        clients_.all.emplace(&client, std::move(owned));
        connections_.start(opened, client);
    }

    void on_turn_end() override {
        for (echo_client* client : clients_.waiting) client->flush();
        clients_.waiting.clear();
    }

    void wait_for_tick() {
        timer_.expires_after(tick);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            connections_.on_tick(clock::now());
            wait_for_tick();
        });
    }

    echo_clients clients_;
    std::unique_ptr<poller> poller_;
    connection_set connections_;
    http_session_set sessions_;
    listener listener_;
    boost::asio::steady_timer timer_;
};

arguments parse(int count, char** words) {
    arguments given;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = words[i];
        const std::string value = words[i + 1];
        if (name == "--port") {
            given.listen.port = static_cast<std::uint16_t>(std::stoul(value));
        } else if (name == "--poller" && (value == "epoll" || value == "asio")) {
            given.poller = value == "epoll" ? poller_kind::epoll : poller_kind::asio;
        } else {
            throw std::invalid_argument("usage: echo_server [--port N] [--poller epoll|asio]");
        }
    }
    return given;
}

void run(const arguments& given) {
    boost::asio::io_context context(1);
    const echo_server server(context, given);
    boost::asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
    std::cout << "listening " << server.port() << '\n' << std::flush;
    context.run();
}

}  // namespace

}  // namespace fanwire

int main(int argc, char** argv) {
    try {
        fanwire::run(fanwire::parse(argc, argv));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
