#pragma once

#include "net/unique_fd.hpp"

#include <string>

namespace fanwire {

/// A socket that was accepted.
struct accepted_socket {
    unique_fd socket;
    /// `192.0.2.1:5000` or `[2001:db8::1]:5000`.
    std::string remote_address;
};

/// A socket on which the WebSocket handshake is done.
struct upgraded_socket {
    unique_fd socket;
    /// What the client sent behind its request and was read along with it.
    std::string left_over;
};

}  // namespace fanwire
