#pragma once

#include <fanwire/message.hpp>

#include "base/time_source.hpp"
#include "bus/bus.hpp"
#include "engine/client_table.hpp"
#include "engine/hook_gate.hpp"
#include "engine/room_batches.hpp"
#include "engine/settings.hpp"
#include "protocol/command.hpp"
#include "protocol/event.hpp"
#include "room/registry.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fanwire {

/// Carries out what clients ask for: limits, hook, rooms, bus; and tells them how it went.
///
/// Replies gather for a turn and go out before the rooms' batches. Since a room's batch is flushed before its
/// members change, a `joined` comes before the first message and a `left` behind the last. Thread safety: all
/// calls on the shard's thread.
class router {
public:
    router(const engine_settings& settings, const time_source& times, client_table& clients, registry& rooms,
           room_batches& batches, hook_gate& gate, engine_counters& counted);

    /// Must be called before anything else.
    void attach(bus& to) { bus_ = &to; }
    [[nodiscard]] time_point now() const { return clock_.now().steady; }

    /// Carries out a request. Returns what it waits for, if it cannot take effect yet.
    [[nodiscard]] std::optional<waiting_request> execute(client& from, const any_command& asked);
    /// Carries out what the host has decided.
    void finish(client& from, const waiting::at_hook& asked);
    /// The same for a join. Returns what it waits for now, if it cannot take effect yet.
    [[nodiscard]] std::optional<waiting_request> finish(client& from, const waiting::at_join_hook& asked);
    /// Lets a client in whose subscription the bus has confirmed.
    void finish(client& from, const waiting::at_bus& joining, bool is_local);

    [[nodiscard]] bool asks_on_message() const noexcept { return gate_.has_on_message(); }
    [[nodiscard]] std::size_t max_at_hook() const noexcept { return settings_.max_at_hook; }
    /// Puts a message to the hook; none if too many are there.
    [[nodiscard]] std::optional<waiting::at_hook> ask_on_message(client& from, const command::publish& asked);

    void count_message_in() { counters_.messages_in.add(); }
    void on_client_closed(client& gone);
    /// Nothing of a client that has gone waits any more.
    void forget(client& gone);
    /// Tells the host of a client that is cut as the shard ends.
    void tell_cut(const client& cut);
    /// Other instances cannot be heard, and can again.
    void on_bus_lost() { is_bus_lost_ = true; }
    void on_bus_restored(std::int64_t missing_since);
    void on_heartbeat_missed(client& silent);

    /// Adds an event to what the client will be sent at the end of the turn.
    void tell(client& to, const any_event& told);
    /// Lets a new client hear what is said to everybody, and welcomes it.
    void welcome(client& arriving);
    /// Ends a client, behind everything that it was sent.
    void disconnect(client& leaving, close_code code, std::string_view reason);

    /// Sends the replies of the turn.
    void flush_replies();
    /// Sends the replies and the rooms' batches.
    void flush();

private:
    std::optional<waiting_request> run(client& from, const command::join& asked);
    std::optional<waiting_request> run(client& from, const command::leave& asked);
    std::optional<waiting_request> run(client& from, const command::publish& asked);
    std::optional<waiting_request> run(client& from, const command::ping& asked);
    std::optional<waiting_request> run(client& from, const command::invalid& asked);

    [[nodiscard]] std::optional<errc> refusal(const client& from, const command::join& asked);
    std::optional<waiting_request> ask_on_join(client& from, const command::join& asked);
    std::optional<waiting_request> admit(client& from, const command::join& asked);
    std::optional<waiting_request> subscribe(client& from, const command::join& asked);
    void let_in(client& joining, std::string_view name, bool is_pattern, bool has_since);
    void on_subscribed(const subscription& wanted, bool is_local);
    void tell_joined(client& joining, const subscription& into, const request_echo& echo, bool is_local,
                     bool was_in);
    void tell_joined_again();
    void tell_gaps(client& missing, std::int64_t since);
    void publish(client& from, std::string_view room, std::string payload, const request_echo& echo);
    void refuse(client& to, const request_echo& echo, errc code, std::string_view reason = {});
    [[nodiscard]] static std::string_view user_of(const client& from, const command::publish& asked);
    void send_replies(client& to);
    void before_change(std::string_view name, bool is_pattern);
    void leave_bus(const room& emptied);
    void refuse_unanswered(client& to, const request_echo& echo, errc denial);
    void tell_left(const client& gone);
    void tell_disconnected(const client& gone, close_code code);
    void count_rooms();

    struct joining_client {
        std::uint64_t local_id;
        std::uint64_t serial;
    };
    struct confirmation {
        std::vector<joining_client> who;
        /// The bus is being asked, and may confirm before it returns: then this says whether as local.
        bool is_asking = true;
        std::optional<bool> at_once;
    };
    struct local_join {
        /// How the request named the room.
        std::string named;
        /// The client was a member before the outage, and may have missed something.
        bool was_in;
    };
    struct subscription_hash {
        std::size_t operator()(const subscription& wanted) const noexcept {
            return std::hash<std::string>{}(wanted.name) ^ static_cast<std::size_t>(wanted.is_pattern);
        }
    };

    const engine_settings& settings_;
    const time_source& clock_;
    client_table& clients_;
    registry& rooms_;
    room_batches& batches_;
    hook_gate& gate_;
    engine_counters& counters_;
    bus* bus_ = nullptr;
    std::uint64_t last_serial_ = 0;
    /// Subscriptions that the bus has not confirmed, and who waits for them. None of these rooms has members.
    std::unordered_map<subscription, confirmation, subscription_hash> confirming_;
    bool is_bus_lost_ = false;
    /// Who joined what as local: they are told again once it is more.
    std::map<std::pair<std::uint64_t, subscription>, local_join> local_joins_;
    /// Clients that have replies to be sent, by local id.
    std::vector<std::uint64_t> told_;
    chunk_pool pool_;
    std::string payload_;
    /// Clients that have gone; they end with the turn, since one may be calling.
    std::vector<std::unique_ptr<client>> gone_;
};

}  // namespace fanwire
