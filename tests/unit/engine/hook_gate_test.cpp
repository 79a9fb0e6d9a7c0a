#include "engine/hook_gate.hpp"

#include "support/fake_host.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

const time_point start = time_point{} + 1h;

/// Says how a request ended.
template <class Decision>
std::string said_of(const hook_answer<Decision>& answer) {
    return answer.decision ? "decision " + std::to_string(answer.decision->index())
                           : std::string(error_name(answer.denial));
}

class hook_gate_asked : public ::testing::Test {
protected:
    bool ask(const std::string& payload, time_point now = start) {
        message_request request{.client = {}, .user = {}, .room = "a", .payload = payload};
        return gate_->ask(
            std::move(request),
            [this, payload](const hook_answer<message_decision>& answer) {
                ends_.push_back(payload + ": " + said_of(answer));
            },
            now);
    }
    bool ask_connect(const std::string& path, time_point now = start) {
        connect_request request;
        request.path = path;
        return gate_->ask(
            std::move(request),
            [this, path](const hook_answer<connect_decision>& answer) {
                ends_.push_back(path + ": " + said_of(answer));
            },
            now);
    }
    void ask_many(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(ask(std::to_string(i)));
    }
    void bring() { replies_.bring(*gate_); }
    texts ends() { return std::exchange(ends_, {}); }
    [[nodiscard]] const hook_gate::counters& counted() const { return gate_->counted(); }

    test::fake_replies replies_;
    std::shared_ptr<test::fake_host> host_ = std::make_shared<test::fake_host>();
    std::unique_ptr<hook_gate> gate_ =
        std::make_unique<hook_gate>(host{.has_on_connect = true, .has_on_message = true, .sink = host_},
                                    replies_, hook_gate::settings{.timeout = 5s, .max_requests = 600});
    texts ends_;
};

TEST_F(hook_gate_asked, knows_which_hooks_there_are) {
    const hook_gate silent({}, replies_, {});

    EXPECT_FALSE(silent.has_on_connect());
    EXPECT_FALSE(silent.has_on_message());
    EXPECT_TRUE(gate_->has_on_connect());
    EXPECT_TRUE(gate_->has_on_message());
}

TEST_F(hook_gate_asked, hands_a_turns_requests_over_together) {
    ASSERT_TRUE(ask("1"));
    ASSERT_TRUE(ask_connect("/chat"));
    ASSERT_TRUE(ask("2"));
    EXPECT_EQ(host_->batches(), std::vector<std::size_t>{});

    gate_->submit();
    gate_->submit();

    EXPECT_EQ(host_->batches(), std::vector<std::size_t>{3});
    EXPECT_EQ(host_->asked(), (texts{"1", "2"}));
    EXPECT_EQ(host_->connects().front().request.path, "/chat");
}

TEST_F(hook_gate_asked, hands_over_at_most_256_requests_at_once) {
    ask_many(255);
    EXPECT_EQ(host_->batches(), std::vector<std::size_t>{});
    ask_many(1);
    EXPECT_EQ(host_->batches(), std::vector<std::size_t>{256});

    ask_many(257);
    gate_->submit();

    EXPECT_EQ(host_->batches(), (std::vector<std::size_t>{256, 1}));
}

TEST_F(hook_gate_asked, tells_the_decision_once) {
    ask_many(1);
    gate_->submit();

    host_->decide(allow{});
    EXPECT_EQ(ends(), texts{});
    bring();
    bring();

    EXPECT_EQ(ends(), texts{"0: decision 0"});
    EXPECT_EQ(counted().outstanding.value(), 0U);
}

TEST_F(hook_gate_asked, tells_decisions_in_the_order_in_which_they_come) {
    ask_many(3);
    gate_->submit();

    host_->decide(2, drop{});
    host_->decide(0, refuse{});
    host_->decide(0, change{});
    bring();

    EXPECT_EQ(ends(), (texts{"2: decision 2", "0: decision 3", "1: decision 1"}));
}

TEST_F(hook_gate_asked, tells_connects_theirs) {
    ASSERT_TRUE(ask_connect("/a"));
    ASSERT_TRUE(ask_connect("/b"));
    gate_->submit();

    host_->connects()[0].answer(accept{});
    host_->connects()[1].answer(reject{});
    bring();

    EXPECT_EQ(ends(), (texts{"/a: decision 0", "/b: decision 1"}));
}

TEST_F(hook_gate_asked, takes_a_dropped_reply_for_a_denial) {
    ask_many(1);
    ASSERT_TRUE(ask_connect("/a"));
    gate_->submit();

    host_->drop_reply();
    host_->connects().clear();
    bring();

    EXPECT_EQ(ends(), (texts{"0: unavailable", "/a: unavailable"}));
}

TEST_F(hook_gate_asked, denies_at_the_deadline_and_not_before) {
    ask_many(1);
    ASSERT_TRUE(ask_connect("/a", start + 1ms));
    gate_->submit();

    gate_->expire(start + 5s - 1ns);
    EXPECT_EQ(ends(), texts{});
    gate_->expire(start + 5s);
    EXPECT_EQ(ends(), texts{"0: timeout"});
    gate_->expire(start + 5s + 1ms);

    EXPECT_EQ(ends(), texts{"/a: timeout"});
    EXPECT_EQ(counted().timeouts.value(), 2U);
    EXPECT_EQ(counted().outstanding.value(), 0U);
}

TEST_F(hook_gate_asked, ignores_an_answer_that_is_late) {
    ask_many(1);
    gate_->submit();
    gate_->expire(start + 5s);
    static_cast<void>(ends());

    host_->decide(allow{});
    bring();

    EXPECT_EQ(ends(), texts{});
}

TEST_F(hook_gate_asked, does_not_deny_what_was_answered) {
    ask_many(3);
    gate_->submit();
    host_->decide(1, allow{});
    bring();
    static_cast<void>(ends());

    gate_->expire(start + 1h);

    EXPECT_EQ(ends(), (texts{"0: timeout", "2: timeout"}));
    EXPECT_EQ(counted().timeouts.value(), 2U);
}

TEST_F(hook_gate_asked, takes_as_many_requests_as_may_wait_and_no_more) {
    ask_many(600);

    EXPECT_FALSE(ask("too many"));
    EXPECT_FALSE(ask_connect("/too-many"));

    EXPECT_EQ(counted().outstanding.value(), 600U);
    EXPECT_EQ(counted().calls.value(), 600U);
    EXPECT_EQ(counted().refused.value(), 2U);
    EXPECT_EQ(ends(), texts{});
}

TEST_F(hook_gate_asked, takes_another_request_once_one_has_ended) {
    ask_many(600);
    gate_->submit();

    host_->decide(17, allow{});
    bring();

    EXPECT_TRUE(ask("fits"));
    EXPECT_FALSE(ask("too many"));
}

TEST_F(hook_gate_asked, denies_all_that_waits) {
    ask_many(2);
    ASSERT_TRUE(ask_connect("/a"));
    gate_->submit();

    gate_->deny_all();
    EXPECT_EQ(ends(), (texts{"0: unavailable", "1: unavailable", "/a: unavailable"}));
    host_->decide(allow{});
    bring();
    gate_->expire(start + 1h);

    EXPECT_EQ(ends(), texts{});
    EXPECT_EQ(counted().timeouts.value(), 0U);
}

TEST_F(hook_gate_asked, may_be_asked_again_from_an_answer) {
    message_request request{.client = {}, .user = {}, .room = "a", .payload = "first"};
    ASSERT_TRUE(gate_->ask(
        std::move(request), [this](const auto&) { EXPECT_TRUE(ask("second", start + 5s)); }, start));

    gate_->expire(start + 5s);
    EXPECT_EQ(ends(), texts{});
    gate_->expire(start + 10s);

    EXPECT_EQ(ends(), texts{"second: timeout"});
}

TEST_F(hook_gate_asked, calls_nobody_when_it_is_destroyed) {
    ask_many(1);
    gate_->submit();
    ask_many(1);

    gate_.reset();

    EXPECT_EQ(ends(), texts{});
}

TEST_F(hook_gate_asked, may_be_answered_after_its_destruction) {
    ask_many(2);
    gate_->submit();
    gate_.reset();

    host_->decide(allow{});
    host_->drop_reply();

    EXPECT_EQ(ends(), texts{});
}

}  // namespace
}  // namespace fanwire
