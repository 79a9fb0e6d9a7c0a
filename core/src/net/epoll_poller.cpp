#ifdef __linux__

    #include "net/epoll_poller.hpp"

    #include <boost/asio/io_context.hpp>
    #include <boost/asio/post.hpp>

    #include <cerrno>
    #include <cstdint>
    #include <span>

namespace fanwire {

namespace {

/// What one turn may handle; what else is ready has the next.
constexpr std::size_t events_per_turn = 1024;

int create_set() {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) throw std::system_error(errno, std::generic_category(), "no epoll set for the connections");
    return set;
}

std::uint32_t to_epoll(readiness what) {
    std::uint32_t events = 0;
    if (includes(what, readiness::read)) events |= EPOLLIN;
    if (includes(what, readiness::write)) events |= EPOLLOUT;
    return events;
}

readiness from_epoll(std::uint32_t events) {
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) return readiness::read | readiness::write | readiness::broken;
    auto what = readiness::none;
    if ((events & EPOLLIN) != 0) what = what | readiness::read;
    if ((events & EPOLLOUT) != 0) what = what | readiness::write;
    return what;
}

epoll_event event_for(pollable& owner, readiness what) {
    epoll_event event{};
    event.events = to_epoll(what);
    event.data.ptr = &owner;
    return event;
}

}  // namespace

epoll_poller::epoll_poller(boost::asio::io_context& context)
    : set_(context, create_set()),
      events_(events_per_turn),
      life_(std::make_shared<char>()) {}

epoll_poller::~epoll_poller() = default;

void epoll_poller::set_turn_handler(turn_handler* handler) {
    turn_handler_ = handler;
    if (!is_waiting_) wait();
}

std::error_code epoll_poller::add(int descriptor, pollable& owner, readiness what) {
    epoll_event event = event_for(owner, what);
    if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0) return {};
    return {errno, std::generic_category()};
}

void epoll_poller::change(int descriptor, pollable& owner, readiness what) {
    epoll_event event = event_for(owner, what);
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, descriptor, &event);
}

void epoll_poller::remove(int descriptor) {
    // Closing would not do: a child process of the host may hold a copy, and the set would go on telling of
    // it.
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void epoll_poller::request_turn() {
    if (is_handling_events_ || is_turn_requested_) return;
    is_turn_requested_ = true;
    boost::asio::post(set_.get_executor(), [this, life = std::weak_ptr<void>(life_)] {
        if (!life.expired() && is_turn_requested_) run_turn();
    });
}

void epoll_poller::wait() {
    is_waiting_ = true;
    set_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [this, life = std::weak_ptr<void>(life_)](const boost::system::error_code& error) {
                        if (life.expired() || error) return;
                        run_turn();
                        if (!life.expired()) wait();
                    });
}

void epoll_poller::run_turn() {
    is_turn_requested_ = false;
    is_handling_events_ = true;
    handle_events();
    is_handling_events_ = false;
    if (turn_handler_ != nullptr) turn_handler_->on_turn_end();
}

void epoll_poller::handle_events() {
    const int ready = ::epoll_wait(set_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    if (ready <= 0) return;
    for (const epoll_event& event : std::span(events_).first(static_cast<std::size_t>(ready))) {
        static_cast<pollable*>(event.data.ptr)->on_ready(from_epoll(event.events));
    }
}

}  // namespace fanwire

#endif
