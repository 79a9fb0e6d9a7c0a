#include "engine/client_table.hpp"

#include "base/assert.hpp"

#include <utility>

namespace fanwire {

std::uint64_t client_table::reserve() {
    if (free_.empty()) {
        free_.push_back(static_cast<member_id>(slots_.size()));
        slots_.emplace_back();
    }
    const member_id index = free_.back();
    free_.pop_back();
    return shard_ << 58 | std::uint64_t{index} << 32 | slots_[index].generation;
}

void client_table::release(std::uint64_t local_id) {
    slot& at = slots_[slot_of(local_id)];
    FANWIRE_ASSERT(at.generation == static_cast<std::uint32_t>(local_id));
    ++at.generation;
    free_.push_back(slot_of(local_id));
}

client& client_table::put(std::uint64_t local_id, std::unique_ptr<client> made) {
    slot& at = slots_[slot_of(local_id)];
    FANWIRE_ASSERT(at.generation == static_cast<std::uint32_t>(local_id));
    FANWIRE_ASSERT(at.occupant == nullptr);
    at.occupant = std::move(made);
    ++size_;
    return *at.occupant;
}

std::unique_ptr<client> client_table::take(std::uint64_t local_id) {
    auto taken = std::move(slots_[slot_of(local_id)].occupant);
    release(local_id);
    --size_;
    return taken;
}

client* client_table::find(std::uint64_t local_id) const noexcept {
    const member_id index = slot_of(local_id);
    if (shard_of(local_id) != shard_ || index >= slots_.size()) return nullptr;
    const slot& at = slots_[index];
    return at.generation == static_cast<std::uint32_t>(local_id) ? at.occupant.get() : nullptr;
}

std::vector<std::uint64_t> client_table::all() const {
    std::vector<std::uint64_t> ids;
    ids.reserve(size_);
    for (const slot& at : slots_) {
        if (at.occupant) ids.push_back(at.occupant->id().local);
    }
    return ids;
}

}  // namespace fanwire
