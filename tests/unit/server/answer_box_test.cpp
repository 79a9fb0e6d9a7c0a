#include "server/answer_box.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace fanwire {
namespace {

/// Keeps tasks until they are asked for.
class fake_executor final : public executor {
public:
    void post(task work) override { waiting.push_back(std::move(work)); }
    [[nodiscard]] bool is_current() const noexcept override { return true; }
    void run() {
        for (task& work : std::exchange(waiting, {})) work();
    }
    std::vector<task> waiting;
};

class null_sink final : public hook_sink {
public:
    void submit(hook_batch&& batch) override {
        for (hook_call& asked : batch) calls.push_back(std::move(asked));
    }
    std::vector<hook_call> calls;
};

class answer_box_test : public testing::Test {
protected:
    answer_box_test()
        : gate(host{.has_on_connect = true, .has_on_message = true, .sink = sink}, *box,
               {std::chrono::seconds{5}, 100}) {
        box->attach(gate);
    }

    /// Asks the message hook once; counts the answers.
    void ask() {
        EXPECT_TRUE(gate.ask(
            message_request{},
            [this](hook_answer<message_decision> answer) { answers.push_back(std::move(answer)); },
            time_point{}));
        gate.submit();
    }
    reply<message_decision>& answer_of(std::size_t index) {
        return std::get<message_call>(sink->calls[index]).answer;
    }

    fake_executor shard;
    std::shared_ptr<null_sink> sink = std::make_shared<null_sink>();
    std::shared_ptr<answer_box> box = std::make_shared<answer_box>(shard);
    hook_gate gate;
    std::vector<hook_answer<message_decision>> answers;
};

TEST_F(answer_box_test, brings_answers_to_the_shard_in_one_task) {
    ask();
    ask();

    answer_of(1)(allow{});
    answer_of(0)(drop{});

    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(shard.waiting.size(), 1U);
    shard.run();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<allow>(*answers[0].decision));
    EXPECT_TRUE(std::holds_alternative<drop>(*answers[1].decision));
}

TEST_F(answer_box_test, takes_a_dropped_reply_as_a_denial) {
    ask();

    sink->calls.clear();
    shard.run();

    ASSERT_EQ(answers.size(), 1U);
    EXPECT_FALSE(answers[0].decision);
    EXPECT_EQ(answers[0].denial, errc::unavailable);
}

TEST_F(answer_box_test, ignores_answers_after_it_was_closed) {
    ask();
    box->close();

    answer_of(0)(allow{});

    EXPECT_TRUE(shard.waiting.empty());
}

}  // namespace
}  // namespace fanwire
