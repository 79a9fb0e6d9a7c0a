#pragma once

#include "bus/local_bus.hpp"
#include "support/queue_executor.hpp"
#include "support/recording_listener.hpp"
#include "support/test_shard.hpp"
#include "unit/engine/room_orders.hpp"
#include "unit/engine/transcript.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace fanwire::test {

/// Shards, clients and a host that do random things; what each client hears is checked against what it must.
///
/// One shard has a bus that confirms, delivers and answers late; several share the local bus, and their
/// threads run in any order.
class random_world {
public:
    random_world(unsigned seed, std::size_t shards, bool has_hook) : random_(seed) {
        for (std::size_t i = 0; i < shards; ++i) threads_.emplace_back();
        if (shards > 1) hub_ = std::make_shared<local_hub>(threads_.front());
        for (std::size_t i = 0; i < shards; ++i) add_shard(i, has_hook);
        if (hub_) listen();
    }

    /// Does one random thing.
    void step() {
        ++step_;
        const std::size_t choice = below(100);
        if (choice < 6) {
            open();
        } else if (choice < 9) {
            close();
        } else if (choice < 55) {
            ask();
        } else if (choice < 75) {
            move_bus();
        } else if (choice < 88) {
            decide();
        } else if (choice < 89) {
            pass_time();
        } else {
            turn(below(shards_.size()));
        }
    }

    /// Lets everything come to its end, and checks it.
    void settle() {
        for (int quiet = 0; quiet < 2;) {
            for (std::size_t i = 0; i < shards_.size(); ++i) {
                allow_all(*shards_[i]);
                turn(i);
            }
            quiet = settle_bus() ? 0 : quiet + 1;
        }
        orders_.check();
        for (const talk& one : talks_) one.heard->check(orders_, one.is_open);
        std::erase_if(talks_, [](const talk& one) { return !one.is_open; });
    }

private:
    struct talk {
        std::size_t number;
        std::size_t shard;
        fake_peer* peer;
        std::shared_ptr<transcript> heard;
        /// What the peer said, of which its connection may not have read the last.
        std::deque<std::string> said;
        bool is_open = true;
    };

    // Set-up

    void add_shard(std::size_t index, bool has_hook) {
        shard_setup setup;
        setup.has_on_message = has_hook;
        setup.settings.shard = index;
        setup.settings.max_rooms_per_client = 5;
        shards_.push_back(std::make_unique<test_shard>(setup));
        test_shard& made = *shards_.back();
        if (hub_) {
            buses_.push_back(std::make_unique<local_bus>(hub_, threads_[index], made.core));
            made.core.attach(*buses_.back());
        } else {
            made.bus.confirms_at_once = made.bus.delivers_at_once = made.bus.answers_at_once = false;
        }
    }

    /// Hears what the local bus takes, as one more shard with a pattern.
    void listen() {
        ear_ = std::make_unique<recording_listener>(ear_thread_);
        ear_bus_ = std::make_unique<local_bus>(hub_, ear_thread_, *ear_);
        ear_bus_->subscribe({"**", true}, {});
        threads_.front().run_all();
    }

    // What happens

    void open() {
        if (talks_.size() >= 12) return;
        const std::size_t at = below(shards_.size());
        const codec_kind kind = below(2) == 0 ? codec_kind::classic : codec_kind::v1;
        ++clients_;
        talk made{clients_,
                  at,
                  nullptr,
                  std::make_shared<transcript>("client " + std::to_string(clients_), step_),
                  {}};
        on(at, [&](test_shard& shard) { made.peer = &shard.open_unwelcomed(kind, {}); });
        talks_.push_back(std::move(made));
    }

    void close() {
        if (talks_.empty()) return;
        talk& one = talks_[below(talks_.size())];
        if (!one.is_open) return;
        // What the connection has not read was never sent.
        for (std::size_t i = one.said.size() - one.peer->unread(); i < one.said.size(); ++i) {
            if (one.said[i].find('/') != std::string::npos) request_in(one.said[i]).is_due = false;
        }
        on(one.shard, [&](test_shard&) { one.peer->ends(); });
        hear(one.shard);
        one.is_open = false;
    }

    void ask() {
        if (talks_.empty()) return;
        talk& one = talks_[below(talks_.size())];
        if (!one.is_open) return;
        const std::string request = random_request(one);
        if (one.said.size() > 100) one.said.erase(one.said.begin(), one.said.end() - 50);
        one.said.push_back(request);
        on(one.shard, [&](test_shard&) { one.peer->says(request); });
        hear(one.shard);
    }

    std::string random_request(talk& one) {
        static const std::vector<std::string> rooms{"a:1", "a:2", "b:1", "b"};
        static const std::vector<std::string> patterns{"a:*", "*:1", "**"};
        const std::size_t choice = below(100);
        const bool is_silent = choice >= 40 && below(2) == 0;
        const std::string id = is_silent ? "" : "#" + std::to_string(++last_id_) + " ";
        if (!is_silent) one.heard->expect_answer(id.substr(0, id.size() - 1));
        if (choice < 15) return "join " + id + pick(rooms);
        if (choice < 20) return "watch " + id + pick(patterns);
        if (choice < 30) return "leave " + id + pick(rooms);
        if (choice < 35) return "unwatch " + id + pick(patterns);
        if (choice < 40) return "ping " + id;
        const std::string room = choice < 45 ? "" : pick(rooms);
        const std::uint64_t number = orders_.request_to(room, one.number, step_);
        if (!shards_.front()->core.gate().has_on_message()) orders_.at(number).is_due = true;
        return (room.empty() ? "shout " + id : "say " + id + room + " ") + text_of({room, number});
    }

    void decide() {
        const test_shard& shard = *shards_[below(shards_.size())];
        if (!late_.empty() && below(4) == 0) {
            // Too late: this has no effect.
            const std::size_t index = below(late_.size());
            late_[index].answer(allow{});
            late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(index));
            return;
        }
        if (shard.host->messages().empty()) return;
        const std::size_t index = below(shard.host->messages().size());
        const std::size_t choice = below(10);
        asked_in(shard.host->messages()[index]).is_due = choice < 6;
        if (choice == 9) {
            shard.host->drop_reply(index);
        } else {
            shard.host->decide(index, random_decision(choice));
        }
    }

    /// Below 6: one that lets the message pass.
    static message_decision random_decision(std::size_t choice) {
        if (choice < 4) return allow{};
        if (choice < 6) return change{};
        if (choice < 8) return drop{};
        return refuse{};
    }

    /// More time than a hook has.
    void pass_time() {
        for (std::size_t i = 0; i < shards_.size(); ++i) {
            turn(i);
            for (message_call& one : shards_[i]->host->messages()) {
                asked_in(one).is_due = false;
                late_.push_back(std::move(one));
            }
            shards_[i]->host->messages().clear();
            shards_[i]->clock.advance(std::chrono::seconds{6});
            on(i, [](test_shard& shard) { shard.core.tick(); });
            turn(i);
        }
    }

    void move_bus() {
        if (hub_) {
            const std::size_t at = below(threads_.size() + 1);
            if (at == threads_.size()) {
                ear_thread_.run_one();
            } else {
                threads_[at].run_one();
                hear(at);
            }
            return;
        }
        const std::size_t choice = below(3);
        on(0, [&](test_shard& shard) {
            if (choice == 0) shard.bus.confirm_one();
            if (choice == 1) shard.bus.deliver_one();
            if (choice == 2) shard.bus.answer_one();
        });
        hear(0);
    }

    void turn(std::size_t at) {
        on(at, [&](test_shard& shard) {
            if (below(3) == 0) {
                static_cast<void>(shard.end_turn());
            } else {
                shard.turn();
            }
        });
        hear(at);
    }

    // The end

    void allow_all(test_shard& shard) {
        while (!shard.host->messages().empty()) {
            asked_in(shard.host->messages().front()).is_due = true;
            shard.host->decide(allow{});
        }
    }

    /// Returns whether anything happened.
    bool settle_bus() {
        bool has_run = false;
        for (auto& thread : threads_) {
            has_run = has_run || thread.waiting() != 0;
            thread.run_all();
        }
        ear_thread_.run_all();
        for (auto& shard : shards_) {
            has_run = has_run ||
                      shard->bus.unconfirmed() + shard->bus.travelling() + shard->bus.unanswered() != 0 ||
                      !shard->host->messages().empty() || shard->replies.waiting() != 0;
            shard->bus.confirm_all();
            shard->bus.deliver_all();
            while (shard->bus.answer_one()) {
            }
        }
        for (std::size_t i = 0; i < shards_.size(); ++i) {
            on(i, [](test_shard& shard) { shard.turn(); });
            hear(i);
        }
        take_orders();
        return has_run;
    }

    // Helpers

    template <class Function>
    void on(std::size_t at, Function&& work) {
        threads_[at].inside([&] { work(*shards_[at]); });
    }

    /// Writes down what the clients of a shard heard in this step.
    void hear(std::size_t at) {
        for (talk& one : talks_) {
            if (one.shard != at) continue;
            for (std::string& line : one.peer->heard()) one.heard->hear(std::move(line), step_);
        }
    }

    void take_orders() {
        for (const std::string& payload : hub_ ? ear_->heard() : shards_.front()->bus.published())
            orders_.take(payload);
    }

    room_orders::request& request_in(const std::string& said) {
        return orders_.at(std::stoull(said.substr(said.rfind('/') + 1)));
    }
    room_orders::request& asked_in(const message_call& asked) {
        return orders_.at(read_numbered(asked.request.payload).number);
    }
    std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::mt19937 random_;
    std::deque<queue_executor> threads_;
    std::shared_ptr<local_hub> hub_;
    std::vector<std::unique_ptr<test_shard>> shards_;
    std::vector<std::unique_ptr<local_bus>> buses_;
    queue_executor ear_thread_;
    std::unique_ptr<recording_listener> ear_;
    std::unique_ptr<local_bus> ear_bus_;
    room_orders orders_;
    std::vector<talk> talks_;
    std::vector<message_call> late_;
    std::size_t step_ = 0;
    std::size_t clients_ = 0;
    std::uint64_t last_id_ = 0;
};

}  // namespace fanwire::test
