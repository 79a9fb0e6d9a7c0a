#pragma once

#include "engine/client.hpp"
#include "room/room.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace fanwire {

/// The clients of one shard, by slot. A local id holds the shard (6 bits), the slot (26 bits) and the slot's
/// generation (32 bits), so that no id is used twice.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe.
class client_table {
public:
    explicit client_table(std::size_t shard) : shard_(shard) {}

    /// Sets a slot aside for a client to come.
    [[nodiscard]] std::uint64_t reserve();
    /// Gives back what was reserved or put.
    void release(std::uint64_t local_id);

    client& put(std::uint64_t local_id, std::unique_ptr<client> made);
    /// Takes the client out and frees its slot.
    [[nodiscard]] std::unique_ptr<client> take(std::uint64_t local_id);

    /// Null if the client has gone.
    [[nodiscard]] client* find(std::uint64_t local_id) const noexcept;
    [[nodiscard]] client& at(member_id index) const noexcept { return *slots_[index].occupant; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The local ids of all clients, those too that have gone and whose requests still wait.
    [[nodiscard]] std::vector<std::uint64_t> all() const;

    [[nodiscard]] static member_id slot_of(std::uint64_t local_id) noexcept {
        return static_cast<member_id>(local_id >> 32 & 0x3ffffff);
    }
    [[nodiscard]] static std::size_t shard_of(std::uint64_t local_id) noexcept { return local_id >> 58; }

private:
    struct slot {
        std::unique_ptr<client> occupant;
        std::uint32_t generation = 0;
    };

    std::uint64_t shard_;
    std::vector<slot> slots_;
    std::vector<member_id> free_;
    std::size_t size_ = 0;
};

}  // namespace fanwire
