#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>

struct redisReader;
struct redisReply;

namespace fanwire {

/// Part of a reply; holds as long as the `resp_reply` it was taken from.
class resp_view {
public:
    explicit resp_view(const redisReply& part) noexcept : part_(&part) {}

    [[nodiscard]] bool is_array() const noexcept;
    [[nodiscard]] bool is_error() const noexcept;
    [[nodiscard]] bool is_nil() const noexcept;
    /// How many parts an array has; 0 for anything else.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Preconditions: `index` is less than `size()`.
    [[nodiscard]] resp_view operator[](std::size_t index) const noexcept;
    /// The text of a string, status or error; empty for anything else.
    [[nodiscard]] std::string_view text() const noexcept;
    /// The value of an integer; 0 for anything else.
    [[nodiscard]] std::int64_t number() const noexcept;

private:
    const redisReply* part_;
};

/// A whole reply.
class resp_reply {
public:
    resp_reply() = default;
    explicit resp_reply(redisReply* taken) noexcept : reply_(taken) {}

    [[nodiscard]] explicit operator bool() const noexcept { return reply_ != nullptr; }
    [[nodiscard]] resp_view view() const noexcept { return resp_view(*reply_); }

private:
    struct free_reply {
        void operator()(redisReply* reply) const noexcept;
    };
    std::unique_ptr<redisReply, free_reply> reply_;
};

/// Reads replies of Redis (RESP2) from bytes that come in any cut, by hiredis' parser.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class resp_reader {
public:
    /// More than `max_reply_bytes` without a whole reply is an error: a peer may announce any length.
    explicit resp_reader(std::size_t max_reply_bytes);

    /// Gives the next bytes, which must hold until `next` says that it needs more.
    /// Preconditions: `next` has said so of the last ones.
    void feed(std::string_view bytes) noexcept { fed_ = bytes; }

    /// The next whole reply; none if more bytes are needed.
    /// Errors: `std::errc::protocol_error` for what is no reply, `std::errc::message_size` for one over the
    /// limit. Both are final.
    [[nodiscard]] std::error_code next(resp_reply& out);

private:
    struct free_reader {
        void operator()(redisReader* reader) const noexcept;
    };
    void feed_slice();

    std::size_t max_reply_bytes_;
    std::unique_ptr<redisReader, free_reader> reader_;
    std::string_view fed_;
};

}  // namespace fanwire
