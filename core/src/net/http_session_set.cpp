#include "net/http_session_set.hpp"

#include "net/http_session.hpp"

#include <boost/asio/io_context.hpp>

#include <utility>

namespace fanwire {

http_session_set::http_session_set(boost::asio::io_context& context, const http_options& options,
                                   http_handler& handler)
    : context_(context),
      shared_(std::make_shared<http_session_context>()) {
    shared_->options = options;
    shared_->handler = &handler;
}

http_session_set::~http_session_set() {
    // Cut, they end a little later: when the operations that hold them have been told, or the io_context
    // goes.
    for (http_session* session : shared_->sessions) session->abort();
}

void http_session_set::open(accepted_socket&& accepted) {
    std::make_shared<http_session>(context_, shared_, std::move(accepted))->start();
}

void http_session_set::stop() {
    shared_->is_stopping = true;
    for (http_session* session : shared_->sessions) session->stop();
}

std::size_t http_session_set::size() const noexcept { return shared_->sessions.size(); }

const http_stats& http_session_set::stats() const noexcept { return shared_->stats; }

}  // namespace fanwire
