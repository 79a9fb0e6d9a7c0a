#include <fanwire/server.hpp>

#include "support/fixtures.hpp"
#include "support/test_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fanwire {
namespace {

using test::test_client;

options on_a_free_port() {
    options chosen;
    chosen.port = 0;
    return chosen;
}

/// The message without its timestamp.
std::string untimed(const std::string& message) {
    return std::regex_replace(message, std::regex(R"(,"timestamp":\d+)"), "");
}

/// Publishes and waits for how it went.
std::error_code publish(server& to, std::string_view room, const message_fields& fields) {
    std::promise<std::error_code> told;
    to.publish(room, fields, [&](std::error_code failed, const publish_result&) { told.set_value(failed); });
    return told.get_future().get();
}

std::error_code publish_raw(server& to, std::string_view room, std::string_view payload) {
    std::promise<std::error_code> told;
    to.publish_raw(room, payload,
                   [&](std::error_code failed, const publish_result&) { told.set_value(failed); });
    return told.get_future().get();
}

TEST(server, lets_two_clients_talk_in_a_room) {
    server running(on_a_free_port());
    running.start();
    test_client ann(running.port());
    test_client bob(running.port(), "fanwire.v1");
    bob.receive();

    EXPECT_EQ(ann.ask(R"({"type":"join","roomId":"a:b"})"), R"({"type":"joined","roomId":"a:b"})");
    EXPECT_EQ(bob.ask(R"({"type":"join","roomId":"a:b"})"), R"({"type":"joined","roomId":"a:b"})");
    ann.send(R"({"type":"message","roomId":"a:b","user":"ann","text":"hi"})");

    EXPECT_EQ(untimed(ann.receive()), R"({"type":"message","user":"ann","text":"hi"})");
    EXPECT_EQ(untimed(bob.receive()), R"({"type":"message","roomId":"a:b","user":"ann","text":"hi"})");
}

TEST(server, answers_the_subprotocol_that_it_speaks_and_no_other) {
    server running(on_a_free_port());
    running.start();
    const auto field = boost::beast::http::field::sec_websocket_protocol;

    EXPECT_EQ(test_client(running.port(), "other, fanwire.v1").answer()[field], "fanwire.v1");
    EXPECT_EQ(test_client(running.port(), "other").answer().count(field), 0U);
}

TEST(server, gives_all_shards_one_order_of_a_room) {
    options chosen = on_a_free_port();
    chosen.shards = 3;
    server running(chosen);
    running.start();
    constexpr int senders = 3;
    constexpr int messages = 300;
    std::vector<std::unique_ptr<test_client>> members;
    for (int member = 0; member < 2 * senders; ++member) {
        members.push_back(std::make_unique<test_client>(running.port()));
        members.back()->ask(R"({"type":"join","roomId":"busy"})");
    }

    std::vector<std::vector<std::string>> heard(members.size());
    std::vector<std::thread> threads;
    for (std::size_t member = 0; member < members.size(); ++member) {
        threads.emplace_back([&, member] {
            test_client& client = *members[member];
            if (member < senders) {
                for (int number = 0; number < messages; ++number) {
                    client.send(R"({"type":"message","roomId":"busy","user":)" + std::to_string(member) +
                                R"(,"text":)" + std::to_string(number) + "}");
                }
            }
            while (heard[member].size() < senders * messages)
                heard[member].push_back(untimed(client.receive()));
        });
    }
    for (std::thread& one : threads) one.join();

    for (const auto& one : heard) EXPECT_EQ(one, heard.front());
}

TEST(server, carries_what_a_host_publishes) {
    server running(on_a_free_port());
    running.start();
    test_client client(running.port());
    client.ask(R"({"type":"join","roomId":"a"})");

    EXPECT_FALSE(publish(running, "a", {{}, R"("hi")", R"({"n":1.0})"}));
    EXPECT_EQ(untimed(client.receive()), R"({"type":"message","text":"hi","data":{"n":1.0}})");
    EXPECT_FALSE(publish(running, "", {R"("all")", {}, {}}));
    EXPECT_EQ(untimed(client.receive()), R"({"type":"message","user":"all"})");
    EXPECT_FALSE(publish_raw(running, "a", R"({"kind": "own"})"));
    EXPECT_EQ(client.receive(), R"({"kind": "own"})");
    EXPECT_FALSE(publish_raw(running, "a", "just text"));
    EXPECT_EQ(untimed(client.receive()), R"({"type":"message","data":"just text"})");
    EXPECT_FALSE(publish_raw(running, "a", test::read_fixture("envelope/text.bin")));
    EXPECT_EQ(untimed(client.receive()), R"({"type":"message","user":"Ann","data":"hello"})");
}

TEST(server, refuses_what_a_host_may_not_publish) {
    options chosen = on_a_free_port();
    chosen.max_message_out_bytes = 1024;
    server running(chosen);
    EXPECT_EQ(publish(running, "a", {}), errc::not_running);
    running.start();

    EXPECT_EQ(publish(running, "a::b", {}), errc::bad_room);
    EXPECT_EQ(publish(running, "a", {{}, "not JSON", {}}), errc::bad_request);
    EXPECT_FALSE(publish_raw(running, "a", std::string(1024, 'x')));
    EXPECT_EQ(publish_raw(running, "a", std::string(1025, 'x')), errc::too_large);
    EXPECT_EQ(publish_raw(running, "a", test::read_fixture("envelope/user_twice.bin")), errc::bad_request);
    EXPECT_EQ(publish_raw(running, "a", test::read_fixture("envelope/later_version.bin")), errc::bad_request);
    EXPECT_EQ(publish_raw(running, "a", test::read_fixture("envelope/head_too_large.bin")), errc::too_large);
}

TEST(server, sends_to_one_client_and_says_when_it_has_gone) {
    std::promise<client_id> connected;
    hooks functions;
    functions.on_connect = [&](const connect_request& asked, reply<connect_decision> answer) {
        connected.set_value(asked.client);
        answer(accept{});
    };
    server running(on_a_free_port(), functions);
    running.start();
    test_client client(running.port());
    const client_id id = connected.get_future().get();
    EXPECT_EQ(client.ask(R"({"type":"ping"})"), R"({"type":"pong"})");
    const auto send = [&](const client_id& to) {
        std::promise<send_result> told;
        running.send(to, R"({"n":1})", [&](std::error_code, send_result result) { told.set_value(result); });
        return told.get_future().get();
    };

    EXPECT_EQ(send(id), send_result::delivered);
    EXPECT_EQ(client.receive(), R"({"type":"direct","data":{"n":1}})");
    EXPECT_EQ(send({id.instance + 1, id.local}), send_result::client_gone);
    EXPECT_EQ(send({id.instance, id.local + 1}), send_result::client_gone);
    client.close();
    const auto deadline = std::chrono::steady_clock::now() + test_client::patience;
    while (running.stats().connections != 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_EQ(send(id), send_result::client_gone);
}

TEST(server, shows_the_whole_request_to_on_connect_and_obeys_it) {
    hooks functions;
    functions.on_connect = [](const connect_request& asked, reply<connect_decision> answer) {
        if (asked.query == "token=good") {
            answer(accept{R"({"name":")" + asked.path + R"("})"});
        } else {
            answer(reject{close_code::forbidden, "no token"});
        }
    };
    server running(on_a_free_port(), functions);
    running.start();

    test_client good(running.port(), {}, "/chat?token=good");
    good.ask(R"({"type":"join","roomId":"a"})");
    EXPECT_EQ(untimed(good.ask(R"({"type":"message","roomId":"a","user":"forged"})")),
              R"({"type":"message","user":{"name":"/chat"}})");
    EXPECT_EQ(test_client(running.port(), {}, "/chat?token=bad").receive_close(), 4302);
    EXPECT_EQ(running.stats().connections, 1U);
}

TEST(server, lets_on_message_change_drop_and_refuse) {
    hooks functions;
    functions.on_message = [](const message_request& asked, reply<message_decision> answer) {
        if (asked.room == "change") return answer(change{{{}, R"("changed")", {}}});
        if (asked.room == "drop") return answer(drop{});
        if (asked.room == "refuse") return answer(refuse{errc::forbidden, "not here"});
        if (asked.room == "throw") throw std::runtime_error("oh");
        answer(allow{});
    };
    server running(on_a_free_port(), functions);
    running.start();
    test_client client(running.port());
    client.ask(R"({"type":"join","roomId":"change"})");
    const auto say = [&](const std::string& room) {
        return client.ask(R"({"type":"message","roomId":")" + room + R"(","text":"hi","data":[1],"id":7})");
    };

    client.send(R"({"type":"message","roomId":"change","text":"hi","data":[1]})");
    EXPECT_EQ(untimed(client.receive()), R"({"type":"message","text":"changed","data":[1]})");
    EXPECT_EQ(say("allow"), R"({"type":"ack","id":7})");
    EXPECT_EQ(say("drop"), R"({"type":"ack","id":7,"dropped":true})");
    EXPECT_EQ(say("refuse"),
              R"({"type":"error","code":"forbidden","message":"not here","id":7,"roomId":"refuse"})");
    EXPECT_NE(say("throw").find(R"("code":"unavailable")"), std::string::npos);
}

TEST(server, denies_when_a_hook_hangs_and_serves_others_meanwhile) {
    std::vector<reply<message_decision>> kept;
    hooks functions;
    functions.on_message = [&](const message_request&, reply<message_decision> answer) {
        kept.push_back(std::move(answer));
    };
    options chosen = on_a_free_port();
    chosen.hook_timeout = std::chrono::milliseconds{300};
    server running(chosen, functions);
    running.start();
    test_client waiting(running.port());
    test_client other(running.port());

    waiting.send(R"({"type":"message","roomId":"a","id":1})");
    EXPECT_EQ(other.ask(R"({"type":"ping"})"), R"({"type":"pong"})");
    EXPECT_NE(waiting.receive().find(R"("code":"timeout")"), std::string::npos);
    EXPECT_EQ(running.stats().hook_timeouts, 1U);
    running.stop();
}

TEST(server, ends_a_client_that_does_not_answer_the_heartbeat) {
    options chosen = on_a_free_port();
    chosen.heartbeat_interval = std::chrono::milliseconds{200};
    chosen.heartbeat_timeout = std::chrono::milliseconds{200};
    server running(chosen);
    running.start();
    test_client silent(running.port());

    // Beast answers pings only while it reads, and nobody reads here.
    const auto deadline = std::chrono::steady_clock::now() + test_client::patience;
    while (running.stats().heartbeats_missed == 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }

    EXPECT_EQ(running.stats().heartbeats_missed, 1U);
    EXPECT_EQ(silent.receive_close(), 4103);
}

TEST(server, admits_as_many_connections_as_it_may_and_no_more) {
    options chosen = on_a_free_port();
    chosen.max_connections = 2;
    server running(chosen);
    running.start();

    test_client first(running.port());
    test_client second(running.port());

    EXPECT_THROW(test_client(running.port()), boost::system::system_error);
    EXPECT_EQ(first.ask(R"({"type":"ping"})"), R"({"type":"pong"})");
}

TEST(server, tells_clients_that_it_goes_away) {
    server running(on_a_free_port());
    running.start();
    test_client client(running.port());
    auto code = std::async(std::launch::async, [&] { return client.receive_close(); });

    running.stop();

    EXPECT_EQ(code.get(), 1001);
    EXPECT_FALSE(running.is_running());
    EXPECT_EQ(running.port(), 0);
    EXPECT_EQ(running.url(), "");
}

TEST(server, spreads_the_closes_of_a_drain_and_hurries_when_asked) {
    server running(on_a_free_port());
    running.start();
    test_client client(running.port(), "fanwire.v1");
    client.receive();
    std::promise<void> told;
    auto code = std::async(std::launch::async, [&] {
        EXPECT_EQ(client.receive().substr(0, 16), R"({"type":"moving")");
        told.set_value();
        return client.receive_close();
    });

    std::thread draining([&] { running.stop(std::chrono::hours{1}); });
    told.get_future().wait();
    EXPECT_FALSE(running.is_running());
    running.stop();

    draining.join();
    EXPECT_EQ(code.get(), 1001);
}

TEST(server, may_be_stopped_twice_from_many_threads_and_started_again) {
    server running(on_a_free_port());
    for (int round = 0; round < 3; ++round) {
        running.start();
        running.start();
        EXPECT_TRUE(running.is_running());
        test_client client(running.port());
        EXPECT_EQ(client.ask(R"({"type":"ping"})"), R"({"type":"pong"})");
        std::vector<std::thread> stoppers;
        for (int thread = 0; thread < 3; ++thread) stoppers.emplace_back([&] { running.stop(); });
        auto code = client.receive_close();
        for (std::thread& one : stoppers) one.join();
        EXPECT_EQ(code, 1001);
    }
    running.stop();
}

TEST(server, may_be_stopped_by_a_hook) {
    std::unique_ptr<server> running;
    std::promise<void> stopped;
    hooks functions;
    functions.on_message = [&](const message_request&, reply<message_decision> answer) {
        running->stop();
        answer(allow{});
        stopped.set_value();
    };
    running = std::make_unique<server>(on_a_free_port(), functions);
    running->start();
    test_client client(running->port());

    client.send(R"({"type":"message","roomId":"a"})");

    EXPECT_EQ(client.receive_close(), 1001);
    EXPECT_EQ(stopped.get_future().wait_for(test_client::patience), std::future_status::ready);
    EXPECT_FALSE(running->is_running());
}

TEST(server, names_the_address_that_it_cannot_listen_on) {
    server first(on_a_free_port());
    first.start();
    options taken = on_a_free_port();
    taken.port = first.port();
    server second(taken);

    try {
        second.start();
        FAIL() << "two servers on one port";
    } catch (const std::system_error& refused) {
        EXPECT_NE(std::string(refused.what()).find("127.0.0.1, port " + std::to_string(first.port())),
                  std::string::npos)
            << refused.what();
    }
    EXPECT_FALSE(second.is_running());
}

TEST(server, tells_every_callback_once_when_it_stops_under_load) {
    server running(on_a_free_port());
    running.start();
    std::atomic<int> told{0};
    std::atomic<bool> is_over{false};
    std::atomic<int> published{0};
    std::vector<std::thread> publishers;
    for (int thread = 0; thread < 4; ++thread) {
        publishers.emplace_back([&] {
            while (!is_over) {
                ++published;
                running.publish("a", {}, [&](std::error_code, const publish_result&) { ++told; });
                std::this_thread::yield();
            }
        });
    }
    while (published < 1000) std::this_thread::yield();

    running.stop();
    is_over = true;
    for (std::thread& one : publishers) one.join();

    EXPECT_EQ(told, published);
}

TEST(server, warns_when_nobody_decides_who_may_publish) {
    std::vector<std::string> lines;
    options chosen = on_a_free_port();
    chosen.log = [&](log_level, std::string_view line) { lines.emplace_back(line); };
    server running(chosen);

    running.start();
    running.stop();

    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NE(lines[0].find("no hook"), std::string::npos);
}

}  // namespace
}  // namespace fanwire
