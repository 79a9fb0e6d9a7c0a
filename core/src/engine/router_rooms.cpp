// Joins and leaves: how the router lets clients into rooms and out of them.
#include "base/assert.hpp"
#include "engine/router.hpp"

#include <utility>

namespace fanwire {

std::optional<waiting_request> router::run(client& from, const command::join& asked) {
    if (from.is_closing()) return {};
    const member_id member = client_table::slot_of(from.id().local);
    const room* present = rooms_.find(asked.room, asked.is_pattern);
    const bool was_in = present != nullptr && rooms_.is_member(member, *present);
    if (!was_in) {
        if (const auto code = refusal(from, asked)) {
            refuse(from, asked.echo, *code);
            return {};
        }
        return gate_.has_on_join() ? ask_on_join(from, asked) : admit(from, asked);
    }
    tell_joined(from, {std::string(asked.room), asked.is_pattern}, asked.echo, is_bus_lost_, true);
    return {};
}

std::optional<waiting_request> router::ask_on_join(client& from, const command::join& asked) {
    waiting::at_join_hook waits{++last_serial_,   kept_echo(asked.echo), std::string(asked.room),
                                asked.is_pattern, asked.has_since,       {}};
    auto then = [this, local_id = from.id().local, serial = waits.serial](hook_answer<join_decision> answer) {
        if (client* asking = clients_.find(local_id)) asking->on_hook_answer(serial, std::move(answer));
    };
    if (!gate_.ask({from.id(), from.user(), waits.room, waits.is_pattern}, std::move(then), now())) {
        refuse(from, asked.echo, errc::unavailable, "too many requests wait for the application");
        return {};
    }
    return waits;
}

std::optional<waiting_request> router::finish(client& from, const waiting::at_join_hook& asked) {
    FANWIRE_ASSERT(asked.answer.has_value());
    if (from.is_closing()) return {};
    const request_echo echo = asked.echo.view();
    const std::optional<join_decision>& decision = asked.answer->decision;
    if (!decision) {
        refuse_unanswered(from, echo, asked.answer->denial);
        return {};
    }
    if (const auto* refused = std::get_if<fanwire::refuse>(&*decision)) {
        refuse(from, echo, refused->code, refused->message);
        return {};
    }
    const command::join allowed{echo, asked.room, asked.is_pattern, asked.has_since};
    // Others may have joined meanwhile.
    if (const auto code = refusal(from, allowed)) {
        refuse(from, echo, *code);
        return {};
    }
    return admit(from, allowed);
}

/// Carries out a join that nothing forbids.
std::optional<waiting_request> router::admit(client& from, const command::join& asked) {
    if (rooms_.find(asked.room, asked.is_pattern) == nullptr) return subscribe(from, asked);
    let_in(from, asked.room, asked.is_pattern, asked.has_since);
    tell_joined(from, {std::string(asked.room), asked.is_pattern}, asked.echo, is_bus_lost_, false);
    return {};
}

/// Why a client may not join, if it may not.
std::optional<errc> router::refusal(const client& from, const command::join& asked) {
    if (asked.is_pattern && !settings_.allow_patterns) return errc::forbidden;
    // Everybody is in the room of the broadcasts, which does not count.
    const std::size_t joined = rooms_.rooms_of(client_table::slot_of(from.id().local)) - 1;
    if (settings_.max_rooms_per_client != 0 && joined >= settings_.max_rooms_per_client)
        return errc::limit_reached;
    const bool is_new = rooms_.find(asked.room, asked.is_pattern) == nullptr &&
                        !confirming_.contains({std::string(asked.room), asked.is_pattern});
    const std::size_t present = rooms_.room_count() - 1 + confirming_.size();
    if (is_new && settings_.max_rooms != 0 && present >= settings_.max_rooms) return errc::limit_reached;
    return {};
}

/// Carries out a join of a room that nobody here is in: its client is let in when the bus has confirmed, so
/// that it hears nothing before it is told `joined`.
std::optional<waiting_request> router::subscribe(client& from, const command::join& asked) {
    waiting::at_bus joining{++last_serial_, kept_echo(asked.echo), std::string(asked.room), asked.is_pattern,
                            asked.has_since};
    const subscription wanted{joining.room, joining.is_pattern};
    const auto [found, is_first] = confirming_.try_emplace(wanted);
    confirmation& awaited = found->second;
    if (is_first) {
        bus_->subscribe(wanted, [this, wanted](bool is_local) { on_subscribed(wanted, is_local); });
        if (awaited.at_once) {
            const bool is_local = *awaited.at_once;
            confirming_.erase(wanted);
            finish(from, joining, is_local);
            return {};
        }
        awaited.is_asking = false;
    }
    awaited.who.push_back({from.id().local, joining.serial});
    return joining;
}

void router::on_subscribed(const subscription& wanted, bool is_local) {
    const auto found = confirming_.find(wanted);
    FANWIRE_ASSERT(found != confirming_.end());
    if (found->second.is_asking) {
        found->second.at_once = is_local;
        return;
    }
    const std::vector<joining_client> who = std::move(found->second.who);
    confirming_.erase(found);
    // All are in before anybody's next request takes effect: it might be a leave, and would end the
    // subscription.
    for (const joining_client& one : who) {
        if (client* joining = clients_.find(one.local_id)) joining->on_subscribed(one.serial, is_local);
    }
    if (rooms_.find(wanted.name, wanted.is_pattern) == nullptr) bus_->unsubscribe(wanted);
    for (const joining_client& one : who) {
        if (client* joined = clients_.find(one.local_id)) joined->advance();
    }
}

void router::finish(client& from, const waiting::at_bus& joining, bool is_local) {
    let_in(from, joining.room, joining.is_pattern, joining.has_since);
    tell_joined(from, {joining.room, joining.is_pattern}, joining.echo.view(), is_local, false);
}

void router::let_in(client& joining, std::string_view name, bool is_pattern, bool has_since) {
    before_change(name, is_pattern);
    const auto kind = static_cast<std::uint8_t>(joining.speaks().kind());
    rooms_.join(client_table::slot_of(joining.id().local), kind, name, is_pattern, has_since);
    count_rooms();
}

void router::tell_joined(client& joining, const subscription& into, const request_echo& echo, bool is_local,
                         bool was_in) {
    if (is_local) {
        const auto made = local_joins_.try_emplace({joining.id().local, into}, local_join{{}, was_in}).first;
        made->second.named = echo.room;
    }
    tell(joining, event::joined{echo, into.is_pattern, is_local, false});
}

void router::on_bus_restored(std::int64_t missing_since) {
    is_bus_lost_ = false;
    for (const std::uint64_t local_id : missing_since != 0 ? clients_.all() : std::vector<std::uint64_t>{}) {
        tell_gaps(*clients_.find(local_id), missing_since);
    }
    tell_joined_again();
}

/// Who joined during the outage knew that it would miss something; the others are told.
void router::tell_gaps(client& missing, std::int64_t since) {
    const std::uint64_t local_id = missing.id().local;
    rooms_.for_each_room(client_table::slot_of(local_id), [&](const room& in, bool has_since) {
        if (in.name().empty()) return;
        const auto joined = local_joins_.find({local_id, {in.name(), in.is_pattern()}});
        if (joined != local_joins_.end() && !joined->second.was_in) return;
        tell(missing, event::gap{in.name(), in.is_pattern(), since, has_since});
    });
}

void router::tell_joined_again() {
    for (const auto& [who, join] : std::exchange(local_joins_, {})) {
        client* joined = clients_.find(who.first);
        if (joined == nullptr) continue;
        tell(*joined,
             event::joined{{{}, join.named, who.second.is_pattern}, who.second.is_pattern, false, true});
    }
}

std::optional<waiting_request> router::run(client& from, const command::leave& asked) {
    before_change(asked.room, asked.is_pattern);
    if (!local_joins_.empty())
        local_joins_.erase({from.id().local, {std::string(asked.room), asked.is_pattern}});
    const member_id member = client_table::slot_of(from.id().local);
    const auto left = rooms_.leave(member, asked.room, asked.is_pattern);
    if (left == registry::leave_result::last) {
        bus_->unsubscribe({std::string(asked.room), asked.is_pattern});
    }
    if (gate_.has_on_leave() && left != registry::leave_result::not_member) {
        gate_.tell(leave_notice{from.id(), from.user(), std::string(asked.room), asked.is_pattern, false});
    }
    count_rooms();
    tell(from, event::left{asked.echo, asked.is_pattern});
    return {};
}

void router::leave_bus(const room& emptied) {
    if (emptied.name().empty()) return;
    bus_->unsubscribe({emptied.name(), emptied.is_pattern()});
}

void router::before_change(std::string_view name, bool is_pattern) {
    if (batches_.is_gathering(name, is_pattern)) flush();
}

void router::count_rooms() {
    // The room of the broadcasts is not one that anybody joined: it says who is connected.
    const room* everybody = rooms_.find({}, false);
    const std::size_t connected = everybody != nullptr ? everybody->size() : 0;
    counters_.connections.set(connected);
    counters_.rooms.set(rooms_.room_count() - (everybody != nullptr ? 1 : 0));
    counters_.members.set(rooms_.member_count() - connected);
}

}  // namespace fanwire
