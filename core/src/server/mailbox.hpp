#pragma once

#include "base/executor.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <mutex>
#include <vector>

namespace fanwire {

/// What other threads want a shard to do. A burst of tasks costs one wake-up.
class mailbox final : public executor {
public:
    /// `after` is called on the thread of `context` each time that tasks were run.
    mailbox(boost::asio::io_context& context, std::function<void()> after);

    void post(task work) override;
    [[nodiscard]] bool is_current() const noexcept override;

    /// Makes the calling thread the mailbox's own.
    void bind_thread() noexcept;
    /// Destroys what waits, and from now on what is posted. To be called once `context` runs no more.
    void close();

private:
    void run();

    boost::asio::io_context& context_;
    std::function<void()> after_;
    std::mutex mutex_;
    std::vector<task> waiting_;
    bool is_closed_ = false;
};

}  // namespace fanwire
