#include "engine/router.hpp"

#include "base/assert.hpp"
#include "base/overloaded.hpp"
#include "protocol/plain_form.hpp"

#include <utility>

namespace fanwire {

namespace {

// Replies this large gain nothing from waiting for more, and must not grow without a limit.
constexpr std::size_t full_replies_bytes = std::size_t{64} << 10;

std::optional<std::string> kept(std::string_view field) {
    if (field.empty()) return {};
    return std::string(field);
}

std::string_view view_of(const std::optional<std::string>& field) {
    return field ? std::string_view(*field) : std::string_view{};
}

/// A message as it travels, where what `changed` sets replaces the message's own fields.
std::string plain_payload(const waiting::at_hook& asked, const message_fields& changed) {
    const message_fields& own = asked.fields;
    std::string payload;
    write_plain_form(payload, view_of(changed.user ? changed.user : own.user),
                     view_of(changed.text ? changed.text : own.text),
                     view_of(changed.data ? changed.data : own.data), asked.timestamp);
    return payload;
}

}  // namespace

router::router(const engine_settings& settings, const time_source& times, client_table& clients,
               registry& rooms, room_batches& batches, hook_gate& gate, engine_counters& counted)
    : settings_(settings),
      clock_(times),
      clients_(clients),
      rooms_(rooms),
      batches_(batches),
      gate_(gate),
      counters_(counted) {}

std::optional<waiting_request> router::execute(client& from, const any_command& asked) {
    return std::visit([&](const auto& one) { return run(from, one); }, asked);
}

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

std::optional<waiting_request> router::run(client& from, const command::publish& asked) {
    if (!gate_.has_on_message()) {
        std::string payload;
        write_plain_form(payload, user_of(from, asked), asked.text, asked.data, clock_.now().unix_ms);
        publish(from, asked.room, std::move(payload), asked.echo);
        return {};
    }
    auto waits = ask_on_message(from, asked);
    if (!waits) {
        refuse(from, asked.echo, errc::unavailable, "too many messages wait for the application");
        return {};
    }
    return waits;
}

std::optional<waiting_request> router::run(client& from, const command::ping& asked) {
    tell(from, event::pong{asked.echo});
    return {};
}

std::optional<waiting_request> router::run(client& from, const command::invalid& asked) {
    refuse(from, asked.echo, asked.code, asked.reason);
    return {};
}

std::optional<waiting::at_hook> router::ask_on_message(client& from, const command::publish& asked) {
    waiting::at_hook waits{
        .serial = ++last_serial_,
        .echo = kept_echo(asked.echo),
        .room = std::string(asked.room),
        .fields = {kept(user_of(from, asked)), kept(asked.text), kept(asked.data)},
        .timestamp = clock_.now().unix_ms,
        .answer = {},
    };
    auto then = [this, local_id = from.id().local,
                 serial = waits.serial](hook_answer<message_decision> answer) {
        if (client* asking = clients_.find(local_id)) asking->on_hook_answer(serial, std::move(answer));
    };
    message_request request{from.id(), from.user(), waits.room, plain_payload(waits, {})};
    if (!gate_.ask(std::move(request), std::move(then), now())) return {};
    return waits;
}

void router::finish(client& from, const waiting::at_hook& asked) {
    FANWIRE_ASSERT(asked.answer.has_value());
    const request_echo echo = asked.echo.view();
    const std::optional<message_decision>& decision = asked.answer->decision;
    if (!decision) {
        refuse_unanswered(from, echo, asked.answer->denial);
        return;
    }
    std::visit(overloaded{
                   [&](const allow&) { publish(from, asked.room, plain_payload(asked, {}), echo); },
                   [&](const change& changed) {
                       publish(from, asked.room, plain_payload(asked, changed.fields), echo);
                   },
                   [&](const drop&) { tell(from, event::ack{echo, false, true}); },
                   [&](const fanwire::refuse& refused) { refuse(from, echo, refused.code, refused.message); },
               },
               *decision);
}

/// Who speaks. A user that the host has set cannot be forged.
std::string_view router::user_of(const client& from, const command::publish& asked) {
    return from.user() ? view_of(from.user()) : asked.user;
}

void router::publish(client& from, std::string_view room, std::string payload, const request_echo& echo) {
    auto message = std::make_shared<room_message>(
        room_message{std::string(room), std::move(payload), payload_form::plain, clock_.now().unix_ms});
    auto done = [this, local_id = from.id().local, kept = kept_echo(echo)](std::error_code failed,
                                                                           const publish_result& result) {
        client* publisher = clients_.find(local_id);
        if (publisher == nullptr) return;
        if (failed) {
            refuse(*publisher, kept.view(), static_cast<errc>(failed.value()));
        } else {
            tell(*publisher, event::ack{kept.view(), result.local, result.dropped});
        }
    };
    bus_->publish(std::move(message), std::move(done));
}

void router::refuse(client& to, const request_echo& echo, errc code, std::string_view reason) {
    counters_.errors.add();
    tell(to, event::error{echo, code, reason});
}

void router::refuse_unanswered(client& to, const request_echo& echo, errc denial) {
    const bool is_late = denial == errc::timeout;
    refuse(to, echo, denial,
           is_late ? "the application did not answer in time" : "the application gave no answer");
}

void router::tell(client& to, const any_event& told) {
    if (to.is_closing()) return;
    payload_.clear();
    if (!to.speaks().encode(told, payload_)) return;
    if (to.replies() == nullptr) {
        to.replies() = pool_.take();
        told_.push_back(to.id().local);
    }
    to.replies()->append(to.speaks().sends(), payload_);
    if (to.replies()->size_bytes() >= full_replies_bytes) send_replies(to);
}

void router::welcome(client& arriving) {
    let_in(arriving, {}, false, false);
    counters_.connections_total.add();
    const std::string name = to_string(arriving.id());
    const auto heartbeat =
        std::chrono::duration_cast<std::chrono::milliseconds>(settings_.heartbeat_interval);
    tell(arriving,
         event::welcome{name, heartbeat, settings_.max_message_in_bytes, settings_.max_rooms_per_client});
}

void router::disconnect(client& leaving, close_code code, std::string_view reason) {
    if (leaving.is_closing()) return;
    flush();
    leaving.close(code, reason);
}

void router::on_heartbeat_missed(client& silent) {
    counters_.heartbeats_missed.add();
    disconnect(silent, close_code::heartbeat_missed, "heartbeat not answered");
}

void router::on_client_closed(client& gone) {
    flush();
    const std::uint64_t local_id = gone.id().local;
    local_joins_.erase(local_joins_.lower_bound({local_id, {}}),
                       local_joins_.lower_bound({local_id + 1, {}}));
    if (gate_.has_on_leave()) tell_left(gone);
    const member_id member = client_table::slot_of(local_id);
    rooms_.leave_all(member, [this](const room& emptied) { leave_bus(emptied); });
    count_rooms();
    gone.depart();
    if (!gone.has_waiting()) forget(gone);
}

void router::forget(client& gone) {
    if (gate_.has_on_disconnect()) tell_disconnected(gone, gone.closed_with());
    gone_.push_back(clients_.take(gone.id().local));
}

void router::tell_cut(const client& cut) {
    if (gate_.has_on_leave() && !cut.has_departed()) tell_left(cut);
    if (gate_.has_on_disconnect()) tell_disconnected(cut, cut.closed_with());
}

void router::tell_left(const client& gone) {
    rooms_.for_each_room(client_table::slot_of(gone.id().local), [&](const room& in, bool) {
        if (in.name().empty()) return;
        gate_.tell(leave_notice{gone.id(), gone.user(), std::string(in.name()), in.is_pattern(), true});
    });
}

void router::tell_disconnected(const client& gone, close_code code) {
    gate_.tell(disconnect_notice{gone.id(), gone.user(), code, gone.close_reason()});
}

void router::leave_bus(const room& emptied) {
    if (emptied.name().empty()) return;
    bus_->unsubscribe({emptied.name(), emptied.is_pattern()});
}

void router::before_change(std::string_view name, bool is_pattern) {
    if (batches_.is_gathering(name, is_pattern)) flush();
}

void router::flush_replies() {
    for (const std::uint64_t local_id : std::exchange(told_, {})) {
        client* to = clients_.find(local_id);
        if (to != nullptr && to->replies() != nullptr) send_replies(*to);
    }
    gone_.clear();
}

void router::send_replies(client& to) {
    to.link().send(to.replies());
    pool_.give_back(std::move(to.replies()));
}

void router::flush() {
    flush_replies();
    batches_.flush();
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
