#pragma once

#include "bus/redis/redis_settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace fanwire {

/// The bytes of one connection to Redis, over TCP, TLS or a Unix socket. Used once.
///
/// Operations are asynchronous; one read and one write may be under way. After `close` they end with an
/// error.
class redis_stream {
public:
    using on_connect = std::function<void(boost::system::error_code)>;
    using on_transfer = std::function<void(boost::system::error_code, std::size_t)>;

    virtual ~redis_stream() = default;

    /// Resolves, connects and, for TLS, shakes hands.
    virtual void connect(on_connect done) = 0;
    virtual void read_some(std::span<char> into, on_transfer done) = 0;
    /// Writes all of `bytes`, which must hold until it is done.
    virtual void write(std::string_view bytes, on_transfer done) = 0;
    virtual void close() = 0;
};

/// Makes a stream for each connection.
using redis_stream_factory = std::function<std::shared_ptr<redis_stream>()>;

/// Reads what TLS needs, once.
/// Exceptions: `std::invalid_argument` with a sentence that names the option if a file cannot be used.
[[nodiscard]] redis_stream_factory make_redis_stream_factory(boost::asio::io_context& context,
                                                             const redis_settings& settings);

}  // namespace fanwire
