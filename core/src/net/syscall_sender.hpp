#pragma once

#include "net/connection.hpp"

#include <span>

namespace fanwire {

/// Sends with one system call a member. Takes connections of a `connection_set` only.
class syscall_sender final : public sender {
public:
    void send_many(std::span<connection* const> members, const shared_chunk& messages) override;
};

}  // namespace fanwire
