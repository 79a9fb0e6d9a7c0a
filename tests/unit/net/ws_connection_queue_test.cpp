#include "support/connection_fixture.hpp"

#include <gtest/gtest.h>

namespace fanwire::test {

namespace {

constexpr std::size_t limit_bytes = 100'000;

template <class Form>
class ws_connection_queue : public connection_fixture<Form> {
protected:
    void SetUp() override { this->use({.max_queue_bytes = limit_bytes}); }

    const shared_chunk filling_ = this->texts({std::string(40'000, 'f')});

    /// A stalled connection with just so many bytes waiting.
    linked open_with_queue(std::size_t bytes) {
        constexpr std::size_t piece_bytes = 20'000;
        constexpr std::size_t head_bytes = 4;
        linked made = this->open_stalled(filling_);
        while (bytes - made.link->queued_bytes() > 2 * piece_bytes) {
            made.link->send(this->texts({std::string(piece_bytes, 'p')}));
        }
        made.link->send(this->texts({std::string(bytes - made.link->queued_bytes() - head_bytes, 'p')}));
        return made;
    }
};

TYPED_TEST_SUITE(ws_connection_queue, net_forms);

TYPED_TEST(ws_connection_queue, holds_just_as_much_as_the_limit_says) {
    auto made = this->open_with_queue(limit_bytes);

    EXPECT_EQ(made.link->queued_bytes(), limit_bytes);
    EXPECT_EQ(this->connections_->stats().queue_bytes.value(), limit_bytes);
    this->loop_.settle();
    EXPECT_TRUE(made.handler->closed.empty());
    EXPECT_EQ(this->connections_->stats().slow_consumers.value(), 0U);
    made.peer->read_again();
    ASSERT_TRUE(this->run_until([&] { return made.link->queued_bytes() == 0; }));
    EXPECT_EQ(this->connections_->stats().queue_bytes.value(), 0U);
}

TYPED_TEST(ws_connection_queue, closes_a_slow_consumer_one_byte_beyond_the_limit) {
    auto made = this->open_with_queue(limit_bytes + 1);

    EXPECT_TRUE(made.handler->closed.empty());
    EXPECT_EQ(this->connections_->stats().slow_consumers.value(), 1U);
    EXPECT_LT(this->connections_->stats().queue_bytes.value(), this->filling_->size_bytes() + 130);
    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::slow_consumer});
    made.peer->read_again();
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    const std::string last = this->server_close(4100, "reads too slowly");
    ASSERT_TRUE(made.peer->received().ends_with(last));
    // What had begun was finished, all else dropped.
    EXPECT_EQ((made.peer->received().size() - last.size()) % this->filling_->size_bytes(), 0U);
    EXPECT_EQ(this->connections_->stats().queue_bytes.value(), 0U);
}

TYPED_TEST(ws_connection_queue, cuts_a_slow_consumer_that_goes_on_not_reading) {
    auto made = this->open_with_queue(limit_bytes + 1);
    this->loop_.settle();

    this->connections_->on_tick(clock::now() + std::chrono::seconds(3));

    ASSERT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::slow_consumer});
    EXPECT_EQ(this->connections_->stats().queue_bytes.value(), 0U);
}

TYPED_TEST(ws_connection_queue, finishes_a_begun_message_that_alone_is_over_the_limit) {
    auto made = this->open();
    made.peer->stop_reading();
    std::string payload;
    payload.resize(20'000'000, 'h');
    const auto huge = this->texts({payload, "dropped"});

    made.link->send(huge);

    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    made.peer->read_again();
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_EQ(made.peer->received(), std::string(huge->bytes().substr(0, huge->end_of(0))) +
                                         this->server_close(4100, "reads too slowly"));
}

TYPED_TEST(ws_connection_queue, lets_only_the_latest_pong_wait) {
    auto made = this->open_stalled(this->filling_);
    const std::size_t before = made.link->queued_bytes();

    std::string pings;
    for (int i = 100; i < 200; ++i) pings += masked_ping(std::to_string(i));
    made.peer->send(pings);
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_sent_all() && made.handler->alive > 0; }));
    this->loop_.settle();

    EXPECT_EQ(made.link->queued_bytes(), before + 5);
    made.peer->read_again();
    ASSERT_TRUE(this->run_until(
        [&] { return made.peer->received().ends_with(this->server_frame(opcode::pong, "199")); }));
}

TYPED_TEST(ws_connection_queue, sends_what_waits_before_its_own_close) {
    auto made = this->open_stalled(this->filling_);
    made.link->send(this->texts({"before"}));

    made.link->close(close_code::going_away, "");
    made.peer->read_again();

    const std::string end = std::string(this->texts({"before"})->bytes()) + this->server_close(1001);
    ASSERT_TRUE(this->run_until([&] { return made.peer->received().ends_with(end); }));
    made.peer->send(masked_close(1001));
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
}

TYPED_TEST(ws_connection_queue, drops_what_waits_for_a_peer_that_leaves) {
    auto made = this->open_stalled(this->filling_);
    made.link->send(this->texts({"never seen"}));

    made.peer->send(masked_close(1000));
    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    made.peer->read_again();

    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    const std::string last = this->server_close(1000);
    EXPECT_TRUE(made.peer->received().ends_with(last));
    EXPECT_EQ((made.peer->received().size() - last.size()) % this->filling_->size_bytes(), 0U);
}

TYPED_TEST(ws_connection_queue, answers_a_leaving_peer_whose_stream_has_ended_while_much_waits) {
    auto made = this->open_stalled(this->filling_);

    made.peer->send(masked_close(1000));
    made.peer->pump();
    made.peer->end_stream();
    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    made.peer->read_again();

    ASSERT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
    ASSERT_TRUE(this->run_until([&] { return made.peer->has_seen_end(); }));
    EXPECT_TRUE(made.peer->received().ends_with(this->server_close(1000)));
}

}  // namespace

}  // namespace fanwire::test
