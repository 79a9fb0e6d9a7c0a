#include "net/asio_poller.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

namespace fanwire {

namespace asio = boost::asio;

/// A descriptor, and what Asio is waiting for on it: never twice for the same.
struct asio_poller::watched {
    asio::posix::stream_descriptor descriptor;
    pollable* owner;  // null once removed
    readiness wanted;
    unsigned waits = 0;
};

asio_poller::asio_poller(asio::io_context& context) : context_(context), life_(std::make_shared<char>()) {}

asio_poller::~asio_poller() {
    while (!descriptors_.empty()) remove(descriptors_.begin()->first);
}

void asio_poller::set_turn_handler(turn_handler* handler) { turn_handler_ = handler; }

std::error_code asio_poller::add(int descriptor, pollable& owner, readiness what) {
    asio::posix::stream_descriptor registered(context_);
    boost::system::error_code error;
    registered.assign(descriptor, error);
    if (error) return error;
    const auto added = std::make_shared<watched>(std::move(registered), &owner, what);
    descriptors_.emplace(descriptor, added);
    wait(added);
    return {};
}

void asio_poller::change(int descriptor, pollable& owner, readiness what) {
    const auto& changed = descriptors_.at(descriptor);
    changed->owner = &owner;
    changed->wanted = what;
    wait(changed);
}

void asio_poller::remove(int descriptor) {
    const auto place = descriptors_.find(descriptor);
    if (place == descriptors_.end()) return;
    place->second->owner = nullptr;
    // Its owner closes it; Asio lets go of it, and of what it waited for.
    static_cast<void>(place->second->descriptor.release());
    descriptors_.erase(place);
}

void asio_poller::request_turn() {
    if (is_turn_requested_) return;
    is_turn_requested_ = true;
    asio::post(context_, [this, life = std::weak_ptr<void>(life_)] {
        if (life.expired()) return;
        is_turn_requested_ = false;
        if (turn_handler_ != nullptr) turn_handler_->on_turn_end();
    });
}

void asio_poller::wait(const std::shared_ptr<watched>& descriptor) {
    if (includes(descriptor->wanted, readiness::read)) wait_for(descriptor, readiness::read);
    if (includes(descriptor->wanted, readiness::write)) wait_for(descriptor, readiness::write);
    if (descriptor->wanted == readiness::none) wait_for(descriptor, readiness::broken);
}

void asio_poller::wait_for(const std::shared_ptr<watched>& descriptor, readiness one) {
    if ((descriptor->waits & static_cast<unsigned>(one)) != 0) return;
    descriptor->waits |= static_cast<unsigned>(one);
    auto type = asio::posix::descriptor_base::wait_error;
    if (one == readiness::read) type = asio::posix::descriptor_base::wait_read;
    if (one == readiness::write) type = asio::posix::descriptor_base::wait_write;
    descriptor->descriptor.async_wait(type, [this, descriptor, one](const boost::system::error_code& error) {
        // A descriptor without an owner was removed, perhaps along with the poller.
        if (error || descriptor->owner == nullptr) return;
        on_ready(descriptor, one);
    });
}

void asio_poller::on_ready(const std::shared_ptr<watched>& descriptor, readiness one) {
    descriptor->waits &= ~static_cast<unsigned>(one);
    // What is not wanted any more may still be waited for, which costs nothing.
    if (one == readiness::broken || includes(descriptor->wanted, one)) {
        descriptor->owner->on_ready(one);
        request_turn();
    }
    if (descriptor->owner != nullptr) wait(descriptor);
}

}  // namespace fanwire
