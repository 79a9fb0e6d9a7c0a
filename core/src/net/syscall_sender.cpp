#include "net/syscall_sender.hpp"

#include "net/ws_connection.hpp"

namespace fanwire {

void syscall_sender::send_many(std::span<connection* const> members, const shared_chunk& messages) {
    // Every connection of this folder is a ws_connection, which is final: no virtual call a member.
    for (connection* const member : members) static_cast<ws_connection*>(member)->send(messages);
}

}  // namespace fanwire
