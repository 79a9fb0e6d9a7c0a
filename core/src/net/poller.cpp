#include "net/poller.hpp"

#include "net/asio_poller.hpp"

#ifdef __linux__
    #include "net/epoll_poller.hpp"
#endif

namespace fanwire {

poller_kind best_poller_kind() noexcept {
#ifdef __linux__
    return poller_kind::epoll;
#else
    return poller_kind::asio;
#endif
}

std::unique_ptr<poller> make_poller(boost::asio::io_context& context, poller_kind kind) {
    switch (kind) {
        case poller_kind::epoll:
#ifdef __linux__
            return std::make_unique<epoll_poller>(context);
#else
            break;
#endif
        case poller_kind::asio:
            return std::make_unique<asio_poller>(context);
    }
    throw std::system_error(std::make_error_code(std::errc::not_supported), "no epoll on this system");
}

}  // namespace fanwire
