#include "bus/redis/redis_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace fanwire {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// What a connected stream does is the same for all.
template <class Stream>
void read_some_of(Stream& stream, std::span<char> into, redis_stream::on_transfer done) {
    stream.async_read_some(asio::buffer(into.data(), into.size()), std::move(done));
}

template <class Stream>
void write_to(Stream& stream, std::string_view bytes, redis_stream::on_transfer done) {
    asio::async_write(stream, asio::buffer(bytes.data(), bytes.size()), std::move(done));
}

/// Resolves and connects a TCP socket that notices dead peers.
class tcp_connector {
public:
    explicit tcp_connector(asio::io_context& context) : resolver_(context) {}

    void connect(tcp::socket& socket, const redis_target& target, redis_stream::on_connect done) {
        resolver_.async_resolve(
            target.host, std::to_string(target.port),
            [&socket, done = std::move(done)](error_code failed,
                                              const tcp::resolver::results_type& found) mutable {
                if (failed) return done(failed);
                asio::async_connect(
                    socket, found,
                    [&socket, done = std::move(done)](error_code refused, const tcp::endpoint&) {
                        error_code ignored;
                        socket.set_option(tcp::no_delay(true), ignored);
                        socket.set_option(asio::socket_base::keep_alive(true), ignored);
                        done(refused);
                    });
            });
    }
    void cancel() { resolver_.cancel(); }

private:
    tcp::resolver resolver_;
};

class tcp_stream final : public redis_stream {
public:
    tcp_stream(asio::io_context& context, redis_target target)
        : connector_(context),
          socket_(context),
          target_(std::move(target)) {}

    void connect(on_connect done) override { connector_.connect(socket_, target_, std::move(done)); }
    void read_some(std::span<char> into, on_transfer done) override {
        read_some_of(socket_, into, std::move(done));
    }
    void write(std::string_view bytes, on_transfer done) override {
        write_to(socket_, bytes, std::move(done));
    }
    void close() override {
        connector_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }

private:
    tcp_connector connector_;
    tcp::socket socket_;
    redis_target target_;
};

class unix_stream final : public redis_stream {
public:
    unix_stream(asio::io_context& context, std::string path) : socket_(context), path_(std::move(path)) {}

    void connect(on_connect done) override {
        socket_.async_connect(asio::local::stream_protocol::endpoint(path_), std::move(done));
    }
    void read_some(std::span<char> into, on_transfer done) override {
        read_some_of(socket_, into, std::move(done));
    }
    void write(std::string_view bytes, on_transfer done) override {
        write_to(socket_, bytes, std::move(done));
    }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    asio::local::stream_protocol::socket socket_;
    std::string path_;
};

/// Verifies Redis against `ca_file` or the system's authorities; throws if a file cannot be used.
std::shared_ptr<asio::ssl::context> tls_context(const redis_settings& settings) {
    auto made = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    asio::ssl::context& context = *made;
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(asio::ssl::verify_peer);
    const auto use = [](const std::string& file, std::string_view option, auto&& load) {
        error_code failed;
        load(failed);
        if (failed) {
            throw std::invalid_argument("option `" + std::string(option) + "`: cannot use " + file + ": " +
                                        failed.message());
        }
    };
    if (settings.ca_file.empty()) {
        error_code ignored;
        context.set_default_verify_paths(ignored);
    } else {
        use(settings.ca_file, "redis_ca_file",
            [&](error_code& failed) { context.load_verify_file(settings.ca_file, failed); });
    }
    if (!settings.certificate_file.empty()) {
        use(settings.certificate_file, "redis_certificate_file", [&](error_code& failed) {
            context.use_certificate_chain_file(settings.certificate_file, failed);
        });
        use(settings.key_file, "redis_key_file", [&](error_code& failed) {
            context.use_private_key_file(settings.key_file, asio::ssl::context::pem, failed);
        });
    }
    return made;
}

class tls_stream final : public redis_stream, public std::enable_shared_from_this<tls_stream> {
public:
    tls_stream(asio::io_context& context, std::shared_ptr<asio::ssl::context> tls, redis_target target,
               const std::string& server_name)
        : connector_(context),
          tls_(std::move(tls)),
          stream_(context, *tls_),
          target_(std::move(target)) {
        const std::string& name = server_name.empty() ? target_.host : server_name;
        SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(name.c_str()));
        stream_.set_verify_callback(asio::ssl::host_name_verification(name));
    }

    void connect(on_connect done) override {
        connector_.connect(stream_.next_layer(), target_,
                           [self = shared_from_this(), done = std::move(done)](error_code failed) mutable {
                               if (failed) return done(failed);
                               self->stream_.async_handshake(asio::ssl::stream_base::client, std::move(done));
                           });
    }
    void read_some(std::span<char> into, on_transfer done) override {
        read_some_of(stream_, into, std::move(done));
    }
    void write(std::string_view bytes, on_transfer done) override {
        write_to(stream_, bytes, std::move(done));
    }
    void close() override {
        connector_.cancel();
        error_code ignored;
        stream_.next_layer().close(ignored);
    }

private:
    tcp_connector connector_;
    std::shared_ptr<asio::ssl::context> tls_;
    asio::ssl::stream<tcp::socket> stream_;
    redis_target target_;
};

}  // namespace

redis_stream_factory make_redis_stream_factory(asio::io_context& context, const redis_settings& settings) {
    const redis_target& target = settings.target;
    switch (target.over) {
        case redis_target::transport::tcp:
            return [&context, target] { return std::make_shared<tcp_stream>(context, target); };
        case redis_target::transport::tls:
            return [&context, target, tls = tls_context(settings), name = settings.server_name] {
                return std::make_shared<tls_stream>(context, tls, target, name);
            };
        case redis_target::transport::unix_socket:
            return [&context, path = target.path] { return std::make_shared<unix_stream>(context, path); };
    }
    return {};
}

}  // namespace fanwire
