#include "server/bus_watch.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fanwire {
namespace {

class recording_sink final : public hook_sink {
public:
    void submit(hook_batch&& batch) override {
        for (hook_call& call : batch) calls.push_back(std::move(std::get<notice_call>(call)));
    }
    [[nodiscard]] std::vector<bus_state> states() const {
        std::vector<bus_state> told;
        for (const notice_call& one : calls) told.push_back(std::get<bus_state_notice>(one.notice).state);
        return told;
    }

    std::vector<notice_call> calls;
};

class bus_watch_test : public ::testing::Test {
protected:
    [[nodiscard]] options given() {
        options set;
        set.max_hook_requests = 3;
        set.log = [this](log_level, std::string_view line) { logged.emplace_back(line); };
        return set;
    }

    std::vector<std::string> logged;
    bus_counters counted;
    std::shared_ptr<instance_state> instance = std::make_shared<instance_state>(given(), 1);
    std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
    bus_watch watch{instance, {.has_on_bus_state = true, .sink = sink}};

    void SetUp() override { instance->bus = &counted; }
};

TEST_F(bus_watch_test, tells_the_first_state_once_the_server_has_started) {
    watch.on_change(bus_state::connected);
    EXPECT_TRUE(sink->calls.empty());

    watch.begin();

    EXPECT_EQ(sink->states(), std::vector{bus_state::connected});
}

TEST_F(bus_watch_test, begins_disconnected_when_nothing_was_heard) {
    watch.begin();

    EXPECT_EQ(sink->states(), std::vector{bus_state::disconnected});
}

TEST_F(bus_watch_test, tells_each_change_with_what_waits_and_since_when) {
    watch.begin();
    counted.outbox_messages.set(7);

    watch.on_change(bus_state::replaying);
    watch.on_change(bus_state::connected);

    EXPECT_EQ(sink->states(),
              (std::vector{bus_state::disconnected, bus_state::replaying, bus_state::connected}));
    const auto& first = std::get<bus_state_notice>(sink->calls[0].notice);
    const auto& second = std::get<bus_state_notice>(sink->calls[1].notice);
    EXPECT_EQ(second.outbox_messages, 7U);
    EXPECT_GT(first.since, 1'600'000'000'000);
    EXPECT_GE(second.since, first.since);
    EXPECT_EQ(logged.size(), 2U);
}

TEST_F(bus_watch_test, drops_and_counts_what_a_host_does_not_take) {
    watch.begin();
    for (int change = 0; change < 3; ++change) watch.on_change(bus_state::disconnected);

    EXPECT_EQ(sink->calls.size(), 3U);
    EXPECT_EQ(watch.counted().told.value(), 3U);
    EXPECT_EQ(watch.counted().dropped.value(), 1U);
}

TEST_F(bus_watch_test, only_logs_for_a_host_without_the_hook) {
    bus_watch mute(instance, {.sink = sink});

    mute.begin();
    mute.on_change(bus_state::connected);

    EXPECT_TRUE(sink->calls.empty());
    EXPECT_EQ(logged, std::vector<std::string>{"rooms are shared through Redis"});
}

}  // namespace
}  // namespace fanwire
