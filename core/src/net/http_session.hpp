#pragma once

#include "net/http_handler.hpp"
#include "net/http_session_set.hpp"
#include "net/net_stats.hpp"
#include "net/proxy_header.hpp"
#include "net/upgraded_socket.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

namespace fanwire {

class http_session;

/// What the sessions of a set share. It outlives the set if a responder does.
struct http_session_context {
    http_options options;
    http_handler* handler = nullptr;
    http_stats stats;
    bool is_stopping = false;
    std::unordered_set<http_session*> sessions;
};

/// One HTTP conversation: request and answer by turns, until one side ends it or the socket is upgraded.
/// Where a trusted proxy's connection must begin with a PROXY header, that is read first. Between a request
/// and its answer nothing is read: what the client sends meanwhile waits in the socket, and if it goes, the
/// answer fails. It lives as long as an operation or a responder holds it.
class http_session : public std::enable_shared_from_this<http_session> {
public:
    http_session(boost::asio::io_context& context, std::shared_ptr<http_session_context> shared,
                 accepted_socket&& accepted);
    ~http_session();
    http_session(const http_session&) = delete;
    http_session& operator=(const http_session&) = delete;

    void start();
    /// Ends it after the answer that is due, if one is.
    void stop();
    /// Cuts it.
    void abort();

    // What http_responder stands for.
    void respond(http_response&& response);
    void upgrade(std::string_view subprotocol, upgrade_function&& then);

private:
    using error_code = boost::system::error_code;
    using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    enum class state : std::uint8_t { introducing, reading, answering, writing, closing, over };

    void read_introduction();
    void on_introduction(error_code error, std::size_t bytes);
    void believe(const proxy_header& header);
    void refuse_introduction();
    void read();
    void on_header(error_code error, std::size_t bytes);
    void on_read(error_code error);
    void on_bad_request(error_code error);
    void give_to_handler();
    void refuse(unsigned status, std::string_view sentence, http_headers headers = {});
    void write(http_response&& response, bool keep_alive);
    void on_written(error_code error, bool keep_alive);
    void on_upgraded(error_code error, const upgrade_function& then);
    void close_gently();
    void drain();
    void set_deadline(duration timeout);
    void on_deadline();

    const std::shared_ptr<http_session_context> shared_;
    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer deadline_;
    std::string remote_address_;
    bool is_from_proxy_;
    boost::beast::flat_buffer buffer_;
    std::unique_ptr<parser> parser_;
    state state_ = state::introducing;
    bool has_answered_ = false;
};

}  // namespace fanwire
