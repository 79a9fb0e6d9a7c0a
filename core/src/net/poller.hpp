#pragma once

#include <cstdint>
#include <memory>
#include <system_error>

namespace boost::asio {
class io_context;
}

namespace fanwire {

/// What a descriptor is watched for, and what it is found to be.
enum class readiness : std::uint8_t {
    none = 0,
    read = 1,
    write = 2,
    /// An error, or both directions have ended: found whether it is watched for or not, with `read` and
    /// `write`.
    broken = 4,
};

[[nodiscard]] constexpr readiness operator|(readiness a, readiness b) noexcept {
    return static_cast<readiness>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

[[nodiscard]] constexpr bool includes(readiness what, readiness part) noexcept {
    return (static_cast<unsigned>(what) & static_cast<unsigned>(part)) != 0;
}

/// Something with a descriptor.
class pollable {
public:
    /// The descriptor is ready. May remove it, or any other, from the poller.
    virtual void on_ready(readiness what) = 0;

protected:
    ~pollable() = default;
};

/// Does what belongs at the end of a turn.
class turn_handler {
public:
    /// All that was ready has been handled.
    virtual void on_turn_end() = 0;

protected:
    ~turn_handler() = default;
};

/// Watches the descriptors of a shard, level-triggered, inside of its `io_context`. A turn: everything that
/// is ready is told to its pollable, then `on_turn_end` is called once.
///
/// Thread safety: all calls on the thread of the shard. Lifetime: outlived by the `io_context` and by the
/// turn handler.
class poller {
public:
    virtual ~poller() = default;

    /// Who is told the end of turns; null: nobody any more. Nothing runs before this was set.
    virtual void set_turn_handler(turn_handler* handler) = 0;

    /// Begins to watch. The pollable must live until the end of the turn in which it is removed.
    [[nodiscard]] virtual std::error_code add(int descriptor, pollable& owner, readiness what) = 0;
    /// Changes what the descriptor is watched for.
    virtual void change(int descriptor, pollable& owner, readiness what) = 0;
    /// Must come before the descriptor is closed.
    virtual void remove(int descriptor) = 0;

    /// Sees to it that a turn ends soon, even if nothing becomes ready. Costs nothing while a turn's events
    /// are handled.
    virtual void request_turn() = 0;
};

enum class poller_kind : std::uint8_t {
    /// One epoll set a shard. Linux only.
    epoll,
    /// Asio's own waiting, descriptor by descriptor.
    asio,
};

/// What suits the system best.
[[nodiscard]] poller_kind best_poller_kind() noexcept;

/// Errors: throws `std::system_error` if the system refuses, or does not have the kind.
[[nodiscard]] std::unique_ptr<poller> make_poller(boost::asio::io_context& context, poller_kind kind);

}  // namespace fanwire
