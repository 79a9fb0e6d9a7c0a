#include "net/http_session.hpp"

#include "net/http_message.hpp"
#include "net/ws_handshake.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>
#include <utility>

namespace fanwire {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

/// How long a conversation may take to end when all is said.
constexpr duration closing_timeout = std::chrono::seconds(2);
constexpr std::size_t drain_bytes = 4096;
/// Beast's own limit is not exact, so it stands a little beyond ours, which is checked when the head is
/// there.
constexpr std::uint32_t header_slack_bytes = 16;

constexpr unsigned bad_request = 400;
constexpr unsigned payload_too_large = 413;
constexpr unsigned upgrade_required = 426;
constexpr unsigned headers_too_large = 431;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

http_session::http_session(asio::io_context& context, std::shared_ptr<http_session_context> shared,
                           accepted_socket&& accepted)
    : shared_(std::move(shared)),
      socket_(context),
      deadline_(context),
      remote_address_(std::move(accepted.remote_address)),
      is_from_proxy_(shared_->options.proxies.contains(remote_address_)) {
    shared_->sessions.insert(this);
    error_code error;
    socket_.assign(asio::ip::tcp::v4(), accepted.socket.get(), error);
    if (error) return;
    static_cast<void>(accepted.socket.release());
    socket_.non_blocking(true, error);
}

http_session::~http_session() { shared_->sessions.erase(this); }

void http_session::start() {
    if (!socket_.is_open()) return;
    set_deadline(shared_->options.timeout);
    if (is_from_proxy_ && shared_->options.expects_proxy_header) {
        read_introduction();
    } else {
        read();
    }
}

void http_session::stop() {
    if (state_ == state::introducing || (state_ == state::reading && !parser_->got_some())) abort();
}

void http_session::abort() {
    state_ = state::over;
    deadline_.cancel();
    error_code ignored;
    // A child process of the host may hold a copy of the descriptor: closing ours would not end the stream.
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

// The PROXY header

void http_session::read_introduction() {
    socket_.async_read_some(buffer_.prepare(longest_proxy_header - buffer_.size()),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                                self->on_introduction(error, bytes);
                            });
}

void http_session::on_introduction(error_code error, std::size_t bytes) {
    if (state_ == state::over) return;
    if (error) {
        abort();
        return;
    }
    buffer_.commit(bytes);
    const auto received = buffer_.data();
    const auto header = read_proxy_header({static_cast<const char*>(received.data()), received.size()});
    switch (header.state) {
        case proxy_header::status::needs_more:
            read_introduction();
            return;
        case proxy_header::status::malformed:
            refuse_introduction();
            return;
        case proxy_header::status::whole:
            buffer_.consume(header.bytes);
            believe(header);
            read();
            return;
    }
}

void http_session::believe(const proxy_header& header) {
    switch (header.about) {
        case proxy_header::subject::proxy:
            return;
        case proxy_header::subject::unknown:
            // It is a client that speaks, not the proxy: its headers are nobody's word.
            is_from_proxy_ = false;
            return;
        case proxy_header::subject::client:
            remote_address_ = to_text(header.source);
            is_from_proxy_ = shared_->options.proxies.contains(header.source.address);
            return;
    }
}

void http_session::refuse_introduction() {
    shared_->stats.bad_proxy_headers.add();
    shared_->handler->on_bad_proxy_header();
    abort();
}

// Requests

void http_session::read() {
    state_ = state::reading;
    parser_ = std::make_unique<parser>();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->options.max_header_bytes) + header_slack_bytes);
    parser_->body_limit(shared_->options.max_body_bytes);
    http::async_read_header(
        socket_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t bytes) { self->on_header(error, bytes); });
}

void http_session::on_header(error_code error, std::size_t bytes) {
    if (state_ == state::over) return;
    if (!error && bytes > shared_->options.max_header_bytes) error = http::error::header_limit;
    if (error || parser_->is_done()) {
        on_read(error);
        return;
    }
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](error_code failed, std::size_t) { self->on_read(failed); });
}

void http_session::on_read(error_code error) {
    if (state_ == state::over) return;
    state_ = state::answering;
    if (error) {
        on_bad_request(error);
    } else {
        give_to_handler();
    }
}

void http_session::on_bad_request(error_code error) {
    const bool has_come = error.category() == http::make_error_code(http::error::end_of_stream).category();
    if (!has_come || error == http::error::end_of_stream || error == http::error::partial_message) {
        abort();
    } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        shared_->stats.too_large.add();
        refuse(headers_too_large, "The request's head is too long.");
    } else if (error == http::error::body_limit) {
        shared_->stats.too_large.add();
        refuse(payload_too_large, "The request's body is too long.");
    } else {
        shared_->stats.malformed.add();
        refuse(bad_request, "This is no HTTP/1.1 request.");
    }
}

void http_session::give_to_handler() {
    const auto& message = parser_->get();
    http_request request = to_request(message, remote_address_);
    request.is_from_proxy = is_from_proxy_;
    std::string_view fault = "A request has one Host header.";
    auto check = handshake_check::malformed;
    if (has_host(request, message.version())) {
        check = check_handshake(request, message.version() == http_1_1, fault);
    }
    switch (check) {
        case handshake_check::none:
        case handshake_check::valid:
            break;
        case handshake_check::malformed:
            shared_->stats.malformed.add();
            refuse(bad_request, fault);
            return;
        case handshake_check::wrong_version:
            shared_->stats.malformed.add();
            refuse(upgrade_required, "Version 13 of the WebSocket protocol is spoken here.",
                   {{"Sec-WebSocket-Version", std::string(websocket_version)},
                    {"Upgrade", "websocket"},
                    {"Connection", "Upgrade"}});
            return;
    }
    request.is_upgrade = check == handshake_check::valid;
    shared_->stats.requests.add();
    deadline_.cancel();
    shared_->handler->on_request(request, http_responder(shared_from_this()));
}

// Answers

void http_session::respond(http_response&& response) {
    if (state_ != state::answering) return;
    const bool is_upgrade = parser_->upgrade();
    write(std::move(response), parser_->keep_alive() && !is_upgrade && !shared_->is_stopping);
}

void http_session::refuse(unsigned status, std::string_view sentence, http_headers headers) {
    write({.status = status,
           .content_type = "text/plain; charset=utf-8",
           .body = std::string(sentence) + "\n",
           .headers = std::move(headers)},
          false);
}

void http_session::write(http_response&& response, bool keep_alive) {
    state_ = state::writing;
    set_deadline(shared_->options.timeout);
    const bool is_head = parser_->get().method() == http::verb::head;
    beast::async_write(socket_, to_message(std::move(response), keep_alive, is_head),
                       [self = shared_from_this(), keep_alive](error_code error, std::size_t) {
                           self->on_written(error, keep_alive);
                       });
}

void http_session::on_written(error_code error, bool keep_alive) {
    if (state_ == state::over) return;
    has_answered_ = true;
    if (error) {
        abort();
    } else if (keep_alive && !shared_->is_stopping) {
        set_deadline(shared_->options.timeout);
        read();
    } else {
        close_gently();
    }
}

void http_session::upgrade(std::string_view subprotocol, upgrade_function&& then) {
    if (state_ != state::answering) return;
    state_ = state::writing;
    set_deadline(shared_->options.timeout);
    const auto key = view(parser_->get()[http::field::sec_websocket_key]);
    auto answer = to_handshake(key, subprotocol);
    // At once where it can be, so that who is told of the upgrade is there for the host already.
    error_code error;
    beast::write(socket_, answer, error);
    if (error != asio::error::would_block) {
        on_upgraded(error, then);
        return;
    }
    beast::async_write(socket_, std::move(answer),
                       [self = shared_from_this(), then = std::move(then)](error_code failed, std::size_t) {
                           self->on_upgraded(failed, then);
                       });
}

void http_session::on_upgraded(error_code error, const upgrade_function& then) {
    if (state_ == state::over) return;
    unique_fd socket;
    if (!error) socket = unique_fd(socket_.release(error));
    abort();
    if (error) return;
    shared_->stats.upgrades.add();
    then({.socket = std::move(socket), .left_over = beast::buffers_to_string(buffer_.data())});
}

// The end

/// A socket that is closed with unread bytes sends a reset, which can overtake the answer: what still comes
/// is read.
void http_session::close_gently() {
    state_ = state::closing;
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    set_deadline(closing_timeout);
    drain();
}

void http_session::drain() {
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(drain_bytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (self->state_ == state::over) return;
                                if (error) {
                                    self->abort();
                                } else {
                                    self->drain();
                                }
                            });
}

void http_session::set_deadline(duration timeout) {
    deadline_.expires_after(timeout);
    deadline_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (!error && self && self->deadline_.expiry() <= clock::now()) self->on_deadline();
    });
}

void http_session::on_deadline() {
    if (state_ == state::introducing) {
        refuse_introduction();
        return;
    }
    // A client that asks for nothing more, or does not close its side, does nothing wrong.
    const bool is_idle = state_ == state::reading && !parser_->got_some() && has_answered_;
    if (state_ != state::closing && !is_idle) shared_->stats.timeouts.add();
    abort();
}

}  // namespace fanwire
