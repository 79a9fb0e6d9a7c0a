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
    std::vector<double> thread_cpu_seconds;  ///< of each server's named thread, if there is a name
    double deliveries_per_read = 0;  ///< how far the server (or a late generator) puts messages together
    double generator_busy = 0;       ///< share of the time in which the generator had something to do
    nanoseconds p50 = 0;
    nanoseconds p99 = 0;
};

/// Rooms with senders each, who are members too or connected elsewhere. Closed loop: a room has `outstanding`
/// messages under way, and a message that has reached its last member makes room for its sender's next. Open
/// loop: messages start at fixed times, and their latency counts from then even if they had to wait. Every
/// delivery is checked for length, room and number: each sender's messages come in their order, and all
/// messages of a room in one order to all of its members. Every message is a `send` of its own, as it would
/// be if the senders knew nothing of one another: sent together, `outstanding` messages would reach the
/// server as one, and it would need no wit to deliver them so.
class fanout : private message_sink {
public:
    fanout(const options& o, client_pool& pool) : options_(o), pool_(pool), layout_(o) {
        constexpr std::size_t open_loop_limit = 1024;
        const std::size_t slots = std::bit_ceil(o.rate > 0 ? open_loop_limit : o.outstanding);
        std::mt19937 random(1);
        rooms_.resize(o.rooms, room(slots));
        streams_.reserve(o.rooms * o.publishers);
        for (std::size_t i = 0; i < o.rooms * o.publishers; ++i) {
            streams_.push_back(stream(layout_, i / o.publishers, sender_of(i), slots, random));
        }
        pool_.set_sink(*this);
    }

    fanout_result run() {
        publishing_ = true;
        last_delivery_ = next_due_ = now();
        if (options_.rate == 0) {
            const std::size_t all = rooms_.size() * options_.outstanding;
            for (std::size_t i = 0; i < all; ++i) publish(streams_[i % streams_.size()], last_delivery_);
        }
        run_for(options_.warmup);
        const fanout_result result = measure();
        publishing_ = false;
        drain();
        return result;
    }

private:
    /// A message that was heard, and not yet by all members.
    struct slot {
        token heard_token{};
        std::uint32_t received = 0;
        nanoseconds started = 0;
    };

    struct room {
        explicit room(std::size_t slot_count) : slots(slot_count) {}

        slot& slot_of(std::uint64_t place) { return slots[place & (slots.size() - 1)]; }

        std::vector<slot> slots;
        std::uint64_t sent = 0;
        std::uint64_t heard = 0;      ///< messages that some member has
        std::uint64_t completed = 0;  ///< messages that all members have
    };

    /// What one sender sends to its room.
    struct stream {
        stream(const message_layout& layout, std::size_t to, std::size_t from, std::size_t slot_count,
               std::mt19937& random)
            : room(to),
              sender(from),
              frame(layout, to, random),
              starts(slot_count) {}

        nanoseconds& start_of(std::uint64_t message) { return starts[message & (starts.size() - 1)]; }

        std::size_t room;
        std::size_t sender;
        outgoing_frame frame;
        std::vector<nanoseconds> starts;
        std::uint64_t sent = 0;
        std::uint64_t heard = 0;
    };

    [[nodiscard]] std::size_t sender_of(std::size_t index) const {
        if (options_.publish_port != 0) return options_.all_members() + index;
        return index / options_.publishers * options_.members + index % options_.publishers;
    }

    fanout_result measure() {
        latencies_.clear();
        busy_ = 0;
        const std::uint64_t messages_before = messages_;
        const std::uint64_t deliveries_before = deliveries_;
        const std::uint64_t reads_before = reads_;
        const nanoseconds own_before = own_cpu_time();
        const nanoseconds cpu_before = cpu_time(options_.server_pids);
        const std::vector<nanoseconds> threads_before =
            thread_cpu_times(options_.server_pids, options_.thread);
        const nanoseconds begin = now();
        run_for(options_.seconds);
        const nanoseconds wall = now() - begin;
        const std::vector<nanoseconds> threads = thread_cpu_times(options_.server_pids, options_.thread);
        const nanoseconds cpu = cpu_time(options_.server_pids) - cpu_before;
        const nanoseconds own = options_.spin ? busy_ : own_cpu_time() - own_before;
        fanout_result result;
        result.seconds = static_cast<double>(wall) / 1e9;
        result.messages = messages_ - messages_before;
        result.deliveries = deliveries_ - deliveries_before;
        result.deliveries_per_read =
            static_cast<double>(result.deliveries) / static_cast<double>(reads_ - reads_before);
        result.server_cpu_seconds = static_cast<double>(cpu) / 1e9;
        for (std::size_t i = 0; i < threads.size(); ++i) {
            result.thread_cpu_seconds.push_back(static_cast<double>(threads[i] - threads_before[i]) / 1e9);
        }
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
        while (next_due_ <= time) {
            stream& next = streams_[next_stream_];
            const room& r = rooms_[next.room];
            if (r.sent - r.completed == r.slots.size()) return;
            publish(next, next_due_);
            next_due_ += interval;
            next_stream_ = (next_stream_ + 1) % streams_.size();
        }
    }

    void publish(stream& s, nanoseconds started) {
        client& sender = pool_.at(s.sender);
        s.frame.append_to(sender.out, make_token(static_cast<std::size_t>(&s - streams_.data()), s.sent));
        s.start_of(s.sent) = started;
        ++s.sent;
        ++rooms_[s.room].sent;
        ++messages_;
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
        if (member.next == r.heard) hear_first(r, member, payload);
        if (std::memcmp(payload.data() + layout_.token_at(), s.heard_token.data(), token_bytes) != 0) {
            complain(member, payload, "is not the next of the room");
        }
        const bool is_looked_at = member.next < options_.validate;
        if (is_looked_at && !layout_.is_well_formed(payload)) complain(member, payload, "was changed");
        ++member.next;
        ++deliveries_;
        latencies_.add(read_time_ - s.started);
        if (++s.received < options_.members) return;
        ++r.completed;
        if (publishing_ && options_.rate == 0) publish(streams_[stream_of(s.heard_token)], read_time_);
    }

    /// The first member of a room to hear a message sets what all others have to hear at this place.
    void hear_first(room& r, const client& member, std::string_view payload) {
        slot& s = r.slot_of(r.heard);
        std::memcpy(s.heard_token.data(), payload.data() + layout_.token_at(), token_bytes);
        const std::size_t number = stream_of(s.heard_token);
        if (number / options_.publishers != member.room || number >= streams_.size())
            complain(member, payload, "is none of the room");
        stream& of = streams_[number];
        if (of.heard == of.sent) complain(member, payload, "was not sent, or came already");
        if (s.heard_token != make_token(number, of.heard))
            complain(member, payload, "is not the next of its sender");
        s.started = of.start_of(of.heard);
        s.received = 0;
        ++of.heard;
        ++r.heard;
    }

    [[noreturn]] static void complain(const client& member, std::string_view payload, const char* what) {
        throw std::runtime_error("client " + std::to_string(member.index) + " waits for message " +
                                 std::to_string(member.next) + " of room " + room_name(member.room) +
                                 ", but what came " + what + ": " + std::string(payload.substr(0, 200)));
    }

    void check_progress(nanoseconds time) const {
        constexpr nanoseconds patience = 5'000'000'000;
        if (time - last_delivery_ < patience) return;
        for (std::size_t i = 0; i < rooms_.size(); ++i) {
            if (rooms_[i].completed == rooms_[i].sent) continue;
            throw std::runtime_error("lost: message " + std::to_string(rooms_[i].completed) + " of room " +
                                     room_name(i) +
                                     " has not reached all members, and nothing has come for 5 s");
        }
    }

    const options& options_;
    client_pool& pool_;
    message_layout layout_;
    std::vector<room> rooms_;
    std::vector<stream> streams_;
    latency_histogram latencies_;
    std::uint64_t messages_ = 0;
    std::uint64_t deliveries_ = 0;
    std::uint64_t reads_ = 0;
    nanoseconds busy_ = 0;
    nanoseconds last_delivery_ = 0;
    nanoseconds read_time_ = 0;  ///< of the read that is being looked through; zero: not taken yet
    nanoseconds next_due_ = 0;
    std::size_t next_stream_ = 0;
    bool publishing_ = false;
};

}  // namespace fanwire::bench
