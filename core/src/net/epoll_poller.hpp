#pragma once

#include "net/poller.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <sys/epoll.h>
#include <vector>

namespace fanwire {

/// One level-triggered epoll set, whose descriptor the `io_context` watches. A turn is one `epoll_wait` that
/// never waits.
class epoll_poller final : public poller {
public:
    explicit epoll_poller(boost::asio::io_context& context);
    ~epoll_poller() override;
    epoll_poller(const epoll_poller&) = delete;
    epoll_poller& operator=(const epoll_poller&) = delete;

    void set_turn_handler(turn_handler* handler) override;
    [[nodiscard]] std::error_code add(int descriptor, pollable& owner, readiness what) override;
    void change(int descriptor, pollable& owner, readiness what) override;
    void remove(int descriptor) override;
    void request_turn() override;

private:
    void wait();
    void run_turn();
    void handle_events();

    boost::asio::posix::stream_descriptor set_;
    turn_handler* turn_handler_ = nullptr;
    std::vector<epoll_event> events_;
    bool is_waiting_ = false;
    bool is_handling_events_ = false;
    bool is_turn_requested_ = false;
    // What the io_context's handlers look at before they touch the poller, which may have gone.
    std::shared_ptr<void> life_;
};

}  // namespace fanwire
