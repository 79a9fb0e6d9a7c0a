#include "net/http_handler.hpp"
#include "net/http_session.hpp"

#include <utility>

namespace fanwire {

http_responder::http_responder(std::shared_ptr<http_session> session) noexcept
    : session_(std::move(session)) {}

http_responder::~http_responder() {
    if (session_)
        session_->respond({.status = 500,
                           .content_type = "text/plain; charset=utf-8",
                           .body = "No answer.\n",
                           .headers = {}});
}

void http_responder::respond(http_response response) {
    if (session_) std::exchange(session_, nullptr)->respond(std::move(response));
}

void http_responder::upgrade(std::string_view subprotocol, upgrade_function then) {
    if (session_) std::exchange(session_, nullptr)->upgrade(subprotocol, std::move(then));
}

}  // namespace fanwire
