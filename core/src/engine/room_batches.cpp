#include "engine/room_batches.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

// A batch this large gains nothing from waiting for more.
constexpr std::size_t full_batch_bytes = std::size_t{64} << 10;

}  // namespace

bool room_batches::add(const room_message& message) {
    batch* into = batch_of(message.room);
    if (into == nullptr) return false;
    ++into->messages;
    if (into->exact != nullptr) encode(message, *into->exact, *into);
    for (const room* pattern : into->patterns) encode(message, *pattern, *into);
    deepest_ = std::max(deepest_, into->messages);
    return std::ranges::any_of(into->chunks, [](const auto& encoded) {
        return encoded != nullptr && encoded->size_bytes() >= full_batch_bytes;
    });
}

/// The batch of a room; null if nobody here is to hear it.
room_batches::batch* room_batches::batch_of(const std::string& name) {
    room* exact = rooms_.find(name, false);
    if (exact != nullptr && exact->tag != room::no_tag) return &batches_[exact->tag];
    if (exact == nullptr && !rooms_.has_patterns()) return nullptr;
    if (exact == nullptr) {
        if (const auto found = untagged_.find(name); found != untagged_.end())
            return &batches_[found->second];
    }
    return open_batch(name, exact);
}

room_batches::batch* room_batches::open_batch(const std::string& name, room* exact) {
    batch opened{name, exact, {}, {}, 0};
    if (!name.empty()) rooms_.match_patterns(name, opened.patterns);
    if (exact == nullptr && opened.patterns.empty()) return nullptr;
    const auto index = static_cast<std::uint32_t>(batches_.size());
    if (exact != nullptr) {
        exact->tag = index;
    } else {
        untagged_.emplace(name, index);
    }
    return &batches_.emplace_back(std::move(opened));
}

/// Encodes the message for each kind of member that it has not been encoded for yet.
void room_batches::encode(const room_message& message, const room& members, batch& into) {
    for (const member_group& group : members.groups()) {
        if (group.members.empty()) continue;
        std::shared_ptr<chunk>& encoded = into.chunks[group.kind];
        if (encoded == nullptr) encoded = pool_.take();
        if (encoded->count() == into.messages) continue;
        codec& speaks = clients_.at(group.members.front()).speaks();
        payload_.clear();
        speaks.encode_message(message, payload_);
        encoded->append(speaks.sends(), payload_);
    }
}

bool room_batches::is_gathering(std::string_view name, bool is_pattern) const {
    if (is_pattern || batches_.empty()) return !batches_.empty();
    const room* changing = rooms_.find(name, false);
    return changing != nullptr ? changing->tag != room::no_tag : untagged_.contains(std::string(name));
}

void room_batches::flush() {
    // A send may not add messages, so nothing comes in between.
    for (batch& gathered : batches_) {
        if (gathered.exact != nullptr) gathered.exact->tag = room::no_tag;
        send(gathered);
    }
    batches_.clear();
    untagged_.clear();
    deepest_ = 0;
}

void room_batches::send(batch& sent) {
    for (std::size_t kind = 0; kind < codec_kinds; ++kind) {
        if (sent.chunks[kind] == nullptr) continue;
        send_kind(sent, kind);
        pool_.give_back(std::move(sent.chunks[kind]));
    }
}

void room_batches::send_kind(const batch& sent, std::size_t kind) {
    recipients_.clear();
    const bool may_repeat = sent.patterns.size() + (sent.exact != nullptr ? 1 : 0) > 1;
    ++mark_;
    if (sent.exact != nullptr) gather(*sent.exact, kind, may_repeat);
    for (const room* pattern : sent.patterns) gather(*pattern, kind, may_repeat);
    counters_.deliveries.add(recipients_.size() * sent.chunks[kind]->count());
    sender_.send_many(recipients_, sent.chunks[kind]);
}

void room_batches::gather(const room& members, std::size_t kind, bool skip_marked) {
    const auto group = std::ranges::find(members.groups(), kind, &member_group::kind);
    if (group == members.groups().end()) return;
    for (const member_id member : group->members) {
        if (skip_marked) {
            if (member >= marks_.size()) marks_.resize(std::size_t{member} + 1);
            if (std::exchange(marks_[member], mark_) == mark_) continue;
        }
        recipients_.push_back(&clients_.at(member).link());
    }
}

}  // namespace fanwire
