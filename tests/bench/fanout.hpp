#pragma once

#include "client_pool.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fanwire::bench {

struct fanout_result {
    double seconds = 0;
    std::uint64_t messages = 0;
    std::uint64_t deliveries = 0;
    double server_cpu_seconds = 0;
    double deliveries_per_read = 0;  ///< how far the server (or a late generator) puts messages together
    double generator_busy = 0;       ///< share of the time in which the generator had something to do
    nanoseconds p50 = 0;
    nanoseconds p99 = 0;
};

/// Rooms with one sender each, who is a member too. Closed loop: a room has `outstanding` messages under way,
/// and a message that has reached its last member makes room for the next. Open loop: messages start at fixed
/// times, and their latency counts from then even if they had to wait. Every delivery is checked for length,
/// room and number. Every message is a `send` of its own, as it would be if the senders knew nothing of one
/// another: sent together, `outstanding` messages would reach the server as one, and it would need no wit to
/// deliver them so.
class fanout : private message_sink {
public:
    fanout(const options& o, client_pool& pool) : options_(o), pool_(pool), layout_(o) {
        constexpr std::size_t open_loop_limit = 1024;
        const std::size_t slots = std::bit_ceil(o.rate > 0 ? open_loop_limit : o.outstanding);
        std::mt19937 random(1);
        rooms_.reserve(o.rooms);
        for (std::size_t i = 0; i < o.rooms; ++i) rooms_.push_back(room(layout_, i, slots, random));
        pool_.set_sink(*this);
    }

    fanout_result run() {
        publishing_ = true;
        last_delivery_ = next_due_ = now();
        if (options_.rate == 0) {
            for (auto& r : rooms_) {
                while (r.sent < options_.outstanding) publish(r, last_delivery_);
            }
        }
        run_for(options_.warmup);
        const fanout_result result = measure();
        publishing_ = false;
        drain();
        return result;
    }

private:
    struct slot {
        token sent_token{};
        std::uint32_t received = 0;
        nanoseconds started = 0;
    };

    struct room {
        room(const message_layout& layout, std::size_t number, std::size_t slot_count, std::mt19937& random)
            : index(number),
              frame(layout, number, random),
              slots(slot_count) {}

        slot& slot_of(std::uint64_t message) { return slots[message & (slots.size() - 1)]; }
        [[nodiscard]] bool is_full() const { return sent - completed == slots.size(); }

        std::size_t index;
        outgoing_frame frame;
        std::vector<slot> slots;
        std::uint64_t sent = 0;
        std::uint64_t completed = 0;  ///< messages that all members have
    };

    fanout_result measure() {
        latencies_.clear();
        busy_ = 0;
        const std::uint64_t messages_before = messages_;
        const std::uint64_t deliveries_before = deliveries_;
        const std::uint64_t reads_before = reads_;
        const nanoseconds own_before = own_cpu_time();
        const nanoseconds cpu_before = cpu_time(options_.server_pids);
        const nanoseconds begin = now();
        run_for(options_.seconds);
        const nanoseconds wall = now() - begin;
        const nanoseconds cpu = cpu_time(options_.server_pids) - cpu_before;
        const nanoseconds own = options_.spin ? busy_ : own_cpu_time() - own_before;
        fanout_result result;
        result.seconds = static_cast<double>(wall) / 1e9;
        result.messages = messages_ - messages_before;
        result.deliveries = deliveries_ - deliveries_before;
        result.deliveries_per_read =
            static_cast<double>(result.deliveries) / static_cast<double>(reads_ - reads_before);
        result.server_cpu_seconds = static_cast<double>(cpu) / 1e9;
        result.generator_busy = static_cast<double>(own) / static_cast<double>(wall);
        result.p50 = latencies_.quantile(0.50);
        result.p99 = latencies_.quantile(0.99);
        return result;
    }

    void run_for(double seconds) {
        const nanoseconds end = now() + static_cast<nanoseconds>(seconds * 1e9);
        while (step() < end) {
        }
    }

    /// Waits until all that was sent has come, and a little more for what should not come.
    void drain() {
        const auto is_done = [](const room& r) { return r.completed == r.sent; };
        while (!std::all_of(rooms_.begin(), rooms_.end(), is_done)) step();
        run_for(0.1);
    }

    nanoseconds step() {
        const nanoseconds begin = now();
        if (publishing_ && options_.rate > 0) publish_due(begin);
        constexpr nanoseconds longest_wait = 10'000'000;
        nanoseconds wait = options_.spin ? 0 : longest_wait;
        if (options_.rate > 0) wait = std::clamp<nanoseconds>(next_due_ - begin, 0, wait);
        const int ready = pool_.poll(wait);
        const nanoseconds end = now();
        if (ready > 0) busy_ += end - begin;
        check_progress(end);
        return end;
    }

    void publish_due(nanoseconds time) {
        const auto interval = static_cast<nanoseconds>(1e9 / options_.rate);
        while (next_due_ <= time && !rooms_[next_room_].is_full()) {
            publish(rooms_[next_room_], next_due_);
            next_due_ += interval;
            next_room_ = (next_room_ + 1) % rooms_.size();
        }
    }

    void publish(room& r, nanoseconds started) {
        slot& s = r.slot_of(r.sent);
        s.sent_token = make_token(r.index, r.sent);
        s.received = 0;
        s.started = started;
        ++r.sent;
        ++messages_;
        client& sender = pool_.at(r.index * options_.members);
        r.frame.append_to(sender.out, s.sent_token);
        pool_.flush(sender);
    }

    void on_read_end() override {
        read_time_ = 0;
        ++reads_;
    }

    void on_message(client& member, std::string_view payload) override {
        if (read_time_ == 0) read_time_ = last_delivery_ = now();
        room& r = rooms_[member.room];
        slot& s = r.slot_of(member.next);
        if (payload.size() != layout_.delivered_bytes()) complain(member, payload, "has the wrong length");
        if (member.next == r.sent) complain(member, payload, "was not sent, or came already");
        if (std::memcmp(payload.data() + layout_.token_at(), s.sent_token.data(), token_bytes) != 0) {
            complain(member, payload, "is not the next of the room");
        }
        const bool is_looked_at = member.next < options_.validate;
        if (is_looked_at && !layout_.is_well_formed(payload)) complain(member, payload, "was changed");
        ++member.next;
        ++deliveries_;
        latencies_.add(read_time_ - s.started);
        if (++s.received < options_.members) return;
        ++r.completed;
        if (publishing_ && options_.rate == 0) publish(r, read_time_);
    }

    [[noreturn]] void complain(const client& member, std::string_view payload, const char* what) const {
        const token expected = make_token(member.room, member.next);
        throw std::runtime_error("client " + std::to_string(member.index) + " expects " +
                                 std::string(expected.data(), expected.size()) + ", but what came " + what +
                                 ": " + std::string(payload.substr(0, 200)));
    }

    void check_progress(nanoseconds time) const {
        constexpr nanoseconds patience = 5'000'000'000;
        if (time - last_delivery_ < patience) return;
        for (const auto& r : rooms_) {
            if (r.completed == r.sent) continue;
            throw std::runtime_error("lost: message " + std::to_string(r.completed) + " of room " +
                                     room_name(r.index) +
                                     " has not reached all members, and nothing has come for 5 s");
        }
    }

    const options& options_;
    client_pool& pool_;
    message_layout layout_;
    std::vector<room> rooms_;
    latency_histogram latencies_;
    std::uint64_t messages_ = 0;
    std::uint64_t deliveries_ = 0;
    std::uint64_t reads_ = 0;
    nanoseconds busy_ = 0;
    nanoseconds last_delivery_ = 0;
    nanoseconds read_time_ = 0;  ///< of the read that is being looked through; zero: not taken yet
    nanoseconds next_due_ = 0;
    std::size_t next_room_ = 0;
    bool publishing_ = false;
};

}  // namespace fanwire::bench
