#pragma once

#include "base/room_message.hpp"
#include "engine/chunk_pool.hpp"
#include "engine/client_table.hpp"
#include "engine/settings.hpp"
#include "net/connection.hpp"
#include "room/registry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fanwire {

/// Messages of a turn, gathered by room: each is encoded once per codec kind into one contiguous chunk, and
/// each member gets one send of the same bytes. Nothing is done per message and member.
///
/// Everybody is a member of the room without a name, where broadcasts go.
/// Thread safety: all calls on the shard's thread.
class room_batches {
public:
    room_batches(registry& rooms, client_table& clients, sender& out, engine_counters& counted)
        : rooms_(rooms),
          clients_(clients),
          sender_(out),
          counters_(counted) {}

    /// Takes a message for the next flush. Returns whether its room should be flushed at once, being large.
    [[nodiscard]] bool add(const room_message& message);

    /// Whether messages have gathered for this room or, for a pattern, for any: then they must be flushed
    /// before its members change.
    [[nodiscard]] bool is_gathering(std::string_view name, bool is_pattern) const;
    /// Sends everything that has gathered.
    void flush();

    [[nodiscard]] bool is_empty() const noexcept { return batches_.empty(); }
    /// The most messages that one room has gathered.
    [[nodiscard]] std::size_t deepest() const noexcept { return deepest_; }

private:
    struct batch {
        std::string name;
        room* exact = nullptr;
        std::vector<room*> patterns;
        std::array<std::shared_ptr<chunk>, codec_kinds> chunks;
        std::size_t messages = 0;
    };

    [[nodiscard]] batch* batch_of(const std::string& name);
    [[nodiscard]] batch* open_batch(const std::string& name, room* exact);
    void encode(const room_message& message, const room& members, batch& into);
    void send(batch& sent);
    void send_kind(const batch& sent, std::size_t kind);
    void gather(const room& members, std::size_t kind, bool skip_marked);

    registry& rooms_;
    client_table& clients_;
    sender& sender_;
    engine_counters& counters_;
    chunk_pool pool_;
    std::vector<batch> batches_;
    /// Rooms that have only pattern members here: their batches by name. The others are found by the room's
    /// tag.
    std::unordered_map<std::string, std::uint32_t> untagged_;
    std::size_t deepest_ = 0;
    std::string payload_;
    std::vector<connection*> recipients_;
    /// By slot: the last send that took the member, so that one with several matching subscriptions is taken
    /// once.
    std::vector<std::uint64_t> marks_;
    std::uint64_t mark_ = 0;
};

}  // namespace fanwire
