#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fanwire::test {

/// A blocking WebSocket client on Beast, for tests of a whole server. Whatever takes longer than `patience`
/// throws.
class test_client {
public:
    static constexpr std::chrono::seconds patience{20};

    /// Connects; `subprotocol` may be empty.
    explicit test_client(std::uint16_t port, std::string subprotocol = {}, const std::string& target = "/")
        : stream_(context_) {
        using tcp = boost::asio::ip::tcp;
        namespace websocket = boost::beast::websocket;
        const tcp::endpoint server(boost::asio::ip::make_address("127.0.0.1"), port);
        run([&](auto done) { boost::beast::get_lowest_layer(stream_).async_connect(server, done); });
        stream_.set_option(websocket::stream_base::decorator([subprotocol](websocket::request_type& request) {
            if (!subprotocol.empty())
                request.set(boost::beast::http::field::sec_websocket_protocol, subprotocol);
        }));
        run([&](auto done) { stream_.async_handshake(answer_, "127.0.0.1", target, done); });
    }

    void send(std::string_view text) {
        run([&](auto done) { stream_.async_write(boost::asio::buffer(text), done); });
    }

    /// The next message. Throws `boost::system::system_error` when the connection has ended.
    std::string receive() {
        boost::beast::flat_buffer buffer;
        run([&](auto done) { stream_.async_read(buffer, done); });
        return boost::beast::buffers_to_string(buffer.data());
    }

    /// Sends, and returns the next message.
    std::string ask(std::string_view text) {
        send(text);
        return receive();
    }

    /// Reads until the server closes; the close code.
    std::uint16_t receive_close() {
        try {
            for (;;) receive();
        } catch (const boost::system::system_error&) {
            return stream_.reason().code;
        }
    }

    void close() {
        run([&](auto done) { stream_.async_close(boost::beast::websocket::close_code::normal, done); });
    }

    /// The handshake's answer.
    [[nodiscard]] const boost::beast::websocket::response_type& answer() const noexcept { return answer_; }

private:
    template <class Start>
    void run(Start&& start) {
        std::optional<boost::system::error_code> result;
        start([&](boost::system::error_code failed, auto&&...) { result = failed; });
        context_.restart();
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!result && std::chrono::steady_clock::now() < deadline) context_.run_one_until(deadline);
        if (!result) throw std::runtime_error("the server did not answer in time");
        if (*result) throw boost::system::system_error(*result);
    }

    boost::asio::io_context context_;
    boost::beast::websocket::stream<boost::beast::tcp_stream> stream_;
    boost::beast::websocket::response_type answer_;
};

}  // namespace fanwire::test
