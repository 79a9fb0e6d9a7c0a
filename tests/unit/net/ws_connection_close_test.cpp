#include "support/connection_fixture.hpp"

#include <gtest/gtest.h>

namespace fanwire::test {

namespace {

template <class Form>
class ws_connection_close : public connection_fixture<Form> {
protected:
    /// Until the handler was told and the socket is gone.
    [[nodiscard]] bool run_until_gone(const linked& made) {
        return this->run_until(
            [&] { return !made.handler->closed.empty() && this->connections_->size() == 0; });
    }
    void expire() { this->connections_->on_tick(clock::now() + std::chrono::seconds(3)); }
};

TYPED_TEST_SUITE(ws_connection_close, net_forms);

TYPED_TEST(ws_connection_close, echoes_the_peers_code_and_ends_the_stream_first) {
    auto made = this->open();

    made.peer->send(masked_close(1001, "tab closed"));

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), this->server_close(1001));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::going_away});
    EXPECT_EQ(this->connections_->size(), 1U);
    made.peer->close();
    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(this->connections_->stats().close_timeouts.value(), 0U);
}

TYPED_TEST(ws_connection_close, echoes_a_close_without_a_code) {
    auto made = this->open();

    made.peer->send(masked_close());

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), this->server_frame(opcode::close, ""));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::no_status});
}

TYPED_TEST(ws_connection_close, delivers_what_came_before_the_close_and_nothing_behind_it) {
    auto made = this->open();

    made.peer->send(masked_text("last") + masked_close(1000) + masked_text("late"));

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.handler->messages, std::vector<std::string>{"last"});
}

TYPED_TEST(ws_connection_close, sends_what_the_turn_still_has_before_it_answers) {
    auto made = this->open();
    bool has_replied = false;
    this->at_turn_end_ = [&] {
        if (!made.handler->messages.empty() && !std::exchange(has_replied, true)) {
            made.link->send(this->texts({"reply"}));
        }
    };

    made.peer->send(masked_text("request") + masked_close(1000));

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), std::string(this->texts({"reply"})->bytes()) + this->server_close(1000));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::normal});
}

TYPED_TEST(ws_connection_close, may_be_aborted_before_it_answers) {
    auto made = this->open();
    this->at_turn_end_ = [&] {
        if (made.handler->closed.empty()) made.link->abort();
    };

    made.peer->send(masked_close(1000));

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.peer->received(), "");
    EXPECT_EQ(made.handler->closed, std::vector{close_code::normal});
}

TYPED_TEST(ws_connection_close, loses_no_close_frame_to_unread_bytes) {
    auto made = this->open();

    made.peer->send(masked_close(1000) + std::string(500'000, 'x'));

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end() && made.peer->has_sent_all(); }));
    EXPECT_EQ(made.peer->received(), this->server_close(1000));
    EXPECT_FALSE(made.peer->has_seen_reset());
}

TYPED_TEST(ws_connection_close, closes_behind_what_was_sent_and_waits_for_the_answer) {
    auto made = this->open();

    made.link->send(this->texts({"a"}));
    made.link->close(close_code::service_restart, "come back");
    made.link->send(this->texts({"never"}));
    made.link->ping();
    made.link->close(close_code::normal, "again");
    made.peer->send(masked_text("ignored") + masked_ping("unanswered"));

    const std::string expected =
        std::string(this->texts({"a"})->bytes()) + this->server_close(1012, "come back");
    ASSERT_TRUE(this->run_until([&] { return made.peer->received() == expected; }));
    this->loop_.settle();
    EXPECT_TRUE(made.handler->closed.empty());
    EXPECT_FALSE(made.peer->has_seen_end());
    made.peer->send(masked_close(1012));
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::service_restart});
    EXPECT_TRUE(made.handler->messages.empty());
    EXPECT_EQ(made.peer->received(), expected);
}

TYPED_TEST(ws_connection_close, cuts_a_peer_that_does_not_answer_a_close) {
    auto made = this->open();

    made.link->close(close_code::normal, "");
    this->loop_.settle();
    EXPECT_TRUE(made.handler->closed.empty());
    this->connections_->on_tick(clock::now() + std::chrono::seconds(1));
    this->loop_.settle();
    EXPECT_TRUE(made.handler->closed.empty());
    this->expire();

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::normal});
    EXPECT_EQ(this->connections_->stats().close_timeouts.value(), 1U);
}

TYPED_TEST(ws_connection_close, cuts_a_peer_that_does_not_end_its_stream) {
    auto made = this->open();

    made.peer->send(masked_close(1000));
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    this->expire();

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.handler->closed.size(), 1U);
}

TYPED_TEST(ws_connection_close, names_the_fault_of_broken_framing) {
    auto made = this->open();

    made.peer->send(masked_text("good") + encode({.payload = "bad", .mask = {}}) + masked_text("late"));

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), this->server_close(1002, "unmasked frame"));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::protocol_error});
    EXPECT_EQ(made.handler->messages, std::vector<std::string>{"good"});
    EXPECT_EQ(this->connections_->stats().protocol_errors.value(), 1U);
}

TYPED_TEST(ws_connection_close, takes_a_message_at_the_limit_and_refuses_one_beyond) {
    this->use({.max_message_bytes = 1000});
    auto made = this->open();

    made.peer->send(masked_text(std::string(1000, 'a')) + masked_text(std::string(1001, 'b')));

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.handler->messages.size(), 1U);
    EXPECT_EQ(made.handler->closed, std::vector{close_code::too_large});
}

TYPED_TEST(ws_connection_close, sees_the_end_of_a_peer_that_says_nothing) {
    auto made = this->open();

    made.peer->send(masked_text("last"));
    made.peer->pump();
    made.peer->end_stream();

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.handler->messages, std::vector<std::string>{"last"});
    EXPECT_EQ(made.handler->closed, std::vector{close_code::abnormal});
}

TYPED_TEST(ws_connection_close, answers_a_peer_that_closes_and_ends_its_stream_at_once) {
    auto made = this->open();

    made.peer->send(masked_close(1000));
    made.peer->pump();
    made.peer->end_stream();

    ASSERT_TRUE(this->run_until_gone(made));
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), this->server_close(1000));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::normal});
}

TYPED_TEST(ws_connection_close, survives_a_reset) {
    auto made = this->open();

    made.peer->reset();

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::abnormal});
}

TYPED_TEST(ws_connection_close, tells_a_send_that_failed_in_a_later_turn) {
    auto made = this->open();
    made.peer->close();

    while (this->connections_->size() != 0 && made.handler->closed.empty()) {
        made.link->send(this->texts({"into the void"}));
        EXPECT_TRUE(made.handler->closed.empty());
        if (!this->run_until([&] { return this->turns_ > 0; })) break;
    }

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::abnormal});
}

TYPED_TEST(ws_connection_close, aborts_at_once_and_tells_later) {
    auto made = this->open();

    made.link->abort();
    made.link->send(this->texts({"never"}));
    EXPECT_TRUE(made.handler->closed.empty());

    ASSERT_TRUE(this->run_until_gone(made));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::abnormal});
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), "");
}

TYPED_TEST(ws_connection_close, tells_a_connection_that_ended_before_it_was_started) {
    socket_pair pair = TypeParam::make_pair();
    recording_handler handler;

    connection& link = this->connections_->open({std::move(pair.ours), {}});
    link.abort();
    this->connections_->start(link, handler);

    ASSERT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
    EXPECT_EQ(handler.closed, std::vector{close_code::abnormal});
}

TYPED_TEST(ws_connection_close, may_close_and_abort_from_inside_a_message) {
    auto closing = this->open();
    auto aborting = this->open();
    closing.handler->then = [&](std::string_view) { closing.link->close(close_code::disconnected, "out"); };
    aborting.handler->then = [&](std::string_view) { aborting.link->abort(); };

    closing.peer->send(masked_text("a") + masked_text("b") + masked_close(1000));
    aborting.peer->send(masked_text("a") + masked_text("b"));

    ASSERT_TRUE(this->run_until(
        [&] { return !closing.handler->closed.empty() && !aborting.handler->closed.empty(); }));
    EXPECT_EQ(closing.handler->messages.size(), 1U);
    EXPECT_EQ(closing.handler->closed, std::vector{close_code::disconnected});
    EXPECT_EQ(aborting.handler->messages.size(), 1U);
    ASSERT_TRUE(this->run_until([&] { return closing.peer->has_seen_end(); }));
    EXPECT_EQ(closing.peer->received(), this->server_close(4300, "out"));
}

TYPED_TEST(ws_connection_close, ends_others_from_inside_of_an_end) {
    auto first = this->open();
    auto second = this->open();
    auto third = this->open();
    first.handler->then_closed = [&] { second.link->abort(); };
    second.handler->then_closed = [&] { third.link->abort(); };

    first.link->abort();

    ASSERT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
    EXPECT_EQ(second.handler->closed.size(), 1U);
    EXPECT_EQ(third.handler->closed.size(), 1U);
}

TYPED_TEST(ws_connection_close, ends_the_stream_though_a_copy_of_the_descriptor_is_held) {
    socket_pair pair = TypeParam::make_pair();
    const unique_fd copy(::dup(pair.ours.get()));
    raw_peer& peer = this->loop_.add_peer(std::move(pair.theirs));
    recording_handler handler;
    connection& link = this->connections_->open({std::move(pair.ours), {}});
    this->connections_->start(link, handler);

    link.abort();

    ASSERT_TRUE(this->run_until([&] { return peer.has_seen_end(); }));
    peer.send(masked_text("nobody hears"));
    this->loop_.settle();
    EXPECT_TRUE(handler.messages.empty());
}

}  // namespace

}  // namespace fanwire::test
