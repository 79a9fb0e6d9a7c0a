#include "server/hook_thread.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace fanwire {
namespace {

constexpr std::chrono::seconds patience{20};

/// A request to the message hook whose answer arrives in a future: whether there was a decision.
message_call call_of(std::string room, std::promise<bool>& answered) {
    return {{{}, {}, std::move(room), "{}"}, reply<message_decision>([&answered](message_decision* decision) {
                answered.set_value(decision != nullptr);
            })};
}

hook_batch batch_of(message_call&& call) {
    hook_batch batch;
    batch.emplace_back(std::move(call));
    return batch;
}

TEST(hook_thread, asks_for_the_hooks_that_the_host_has) {
    hooks functions;
    EXPECT_EQ(hook_thread::host_of(functions, {}, patience).sink, nullptr);

    functions.on_message = [](const message_request&, reply<message_decision>) {};
    const host asked = hook_thread::host_of(functions, {}, patience);

    EXPECT_FALSE(asked.has_on_connect);
    EXPECT_TRUE(asked.has_on_message);
    EXPECT_NE(asked.sink, nullptr);
}

TEST(hook_thread, runs_hooks_in_order_on_another_thread) {
    std::vector<std::string> rooms;
    std::thread::id ran_on;
    hooks functions;
    functions.on_message = [&](const message_request& asked, reply<message_decision> answer) {
        rooms.push_back(asked.room);
        ran_on = std::this_thread::get_id();
        answer(allow{});
    };
    std::promise<bool> first;
    std::promise<bool> second;
    hook_thread thread(functions, {}, patience);

    thread.submit(batch_of(call_of("a", first)));
    thread.submit(batch_of(call_of("b", second)));

    auto done = second.get_future();
    ASSERT_EQ(done.wait_for(patience), std::future_status::ready);
    EXPECT_TRUE(first.get_future().get());
    EXPECT_EQ(rooms, (std::vector<std::string>{"a", "b"}));
    EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(hook_thread, denies_and_logs_what_throws) {
    std::string logged;
    hooks functions;
    functions.on_message = [](const message_request&, reply<message_decision>) {
        throw std::runtime_error("oh");
    };
    std::promise<bool> answered;
    {
        hook_thread thread(functions, [&](log_level, std::string_view line) { logged = line; }, patience);
        thread.submit(batch_of(call_of("a", answered)));
        auto decided = answered.get_future();
        ASSERT_EQ(decided.wait_for(patience), std::future_status::ready);
        EXPECT_FALSE(decided.get());
    }

    EXPECT_EQ(logged, "a hook threw, which denies: oh");
}

TEST(hook_thread, drops_what_waits_when_it_ends) {
    std::promise<void> entered;
    std::promise<void> leave;
    hooks functions;
    functions.on_message = [&](const message_request&, reply<message_decision>) {
        entered.set_value();
        leave.get_future().wait();
    };
    std::promise<bool> running;
    std::promise<bool> waiting;
    auto dropped = waiting.get_future();
    auto thread = std::make_unique<hook_thread>(functions, log_function{}, patience);

    thread->submit(batch_of(call_of("a", running)));
    entered.get_future().wait();
    thread->submit(batch_of(call_of("b", waiting)));
    std::thread ending([&] { thread.reset(); });

    ASSERT_EQ(dropped.wait_for(patience), std::future_status::ready);
    EXPECT_FALSE(dropped.get());
    leave.set_value();
    ending.join();
}

hook_batch batch_of(bus_state_notice told) {
    hook_batch batch;
    batch.emplace_back(notice_call{told, {}});
    return batch;
}

TEST(hook_thread, tells_notifications_though_it_ends) {
    std::vector<bus_state> told;
    hooks functions;
    functions.on_bus_state = [&](const bus_state_notice& notice) { told.push_back(notice.state); };
    {
        hook_thread thread(functions, {}, patience);
        thread.submit(batch_of({bus_state::disconnected, 0, 0}));
        thread.submit(batch_of({bus_state::connected, 0, 0}));
    }

    EXPECT_EQ(told, (std::vector{bus_state::disconnected, bus_state::connected}));
}

TEST(hook_thread, ends_when_notifications_take_too_long) {
    std::promise<void> entered;
    std::promise<void> leave;
    int told = 0;
    hooks functions;
    functions.on_bus_state = [&](const bus_state_notice&) {
        if (++told > 1) return;
        entered.set_value();
        leave.get_future().wait();
    };
    auto thread = std::make_unique<hook_thread>(functions, log_function{}, std::chrono::milliseconds{0});

    thread->submit(batch_of({bus_state::disconnected, 0, 0}));
    entered.get_future().wait();
    thread->submit(batch_of({bus_state::connected, 0, 0}));
    std::thread ending([&] { thread.reset(); });
    leave.set_value();
    ending.join();

    EXPECT_LE(told, 2);
}

TEST(hook_thread, logs_a_notification_that_throws) {
    std::string logged;
    hooks functions;
    functions.on_bus_state = [](const bus_state_notice&) { throw std::runtime_error("oh"); };
    {
        hook_thread thread(functions, [&](log_level, std::string_view line) { logged = line; }, patience);
        thread.submit(batch_of({bus_state::connected, 0, 0}));
    }

    EXPECT_EQ(logged, "a hook threw: oh");
}

TEST(hook_thread, may_be_ended_by_a_hook) {
    std::unique_ptr<hook_thread> thread;
    std::promise<void> submitted;
    std::promise<void> ended;
    hooks functions;
    functions.on_message = [&](const message_request&, reply<message_decision>) {
        submitted.get_future().wait();
        thread.reset();
        ended.set_value();
    };
    std::promise<bool> answered;
    thread = std::make_unique<hook_thread>(functions, log_function{}, patience);

    thread->submit(batch_of(call_of("a", answered)));
    submitted.set_value();

    EXPECT_EQ(ended.get_future().wait_for(patience), std::future_status::ready);
    EXPECT_EQ(answered.get_future().wait_for(patience), std::future_status::ready);
}

}  // namespace
}  // namespace fanwire
