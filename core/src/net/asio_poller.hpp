#pragma once

#include "net/poller.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <unordered_map>

namespace fanwire {

/// Asio waits for each descriptor, on any system that it runs on. A turn is what Asio found ready at once:
/// its end is posted, and so comes behind all of that.
class asio_poller final : public poller {
public:
    explicit asio_poller(boost::asio::io_context& context);
    ~asio_poller() override;
    asio_poller(const asio_poller&) = delete;
    asio_poller& operator=(const asio_poller&) = delete;

    void set_turn_handler(turn_handler* handler) override;
    [[nodiscard]] std::error_code add(int descriptor, pollable& owner, readiness what) override;
    void change(int descriptor, pollable& owner, readiness what) override;
    void remove(int descriptor) override;
    void request_turn() override;

private:
    struct watched;

    void wait(const std::shared_ptr<watched>& descriptor);
    void wait_for(const std::shared_ptr<watched>& descriptor, readiness one);
    void on_ready(const std::shared_ptr<watched>& descriptor, readiness one);

    boost::asio::io_context& context_;
    turn_handler* turn_handler_ = nullptr;
    std::unordered_map<int, std::shared_ptr<watched>> descriptors_;
    bool is_turn_requested_ = false;
    // What posted functions look at before they touch the poller, which may have gone.
    std::shared_ptr<void> life_;
};

}  // namespace fanwire
