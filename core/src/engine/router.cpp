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

}  // namespace fanwire
