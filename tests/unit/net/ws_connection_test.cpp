#include "net/ws_connection.hpp"

#include "net/syscall_sender.hpp"
#include "support/connection_fixture.hpp"

#include <gtest/gtest.h>

#include <array>

namespace fanwire::test {

namespace {

template <class Form>
class ws_connection_messages : public connection_fixture<Form> {};

TYPED_TEST_SUITE(ws_connection_messages, net_forms);

TYPED_TEST(ws_connection_messages, delivers_what_comes_however_it_is_cut) {
    const std::string wire = masked_text("one") + masked_binary("two") + masked_begin("thr") +
                             masked_end("ee") + masked_text(std::string(300, 'x'));
    const std::vector<std::string> expected{"one", "two", "three", std::string(300, 'x')};
    for (std::size_t cut = 1; cut < wire.size(); cut += 7) {
        auto made = this->open();

        made.peer->send(wire.substr(0, cut));
        ASSERT_TRUE(this->run_until([&] { return made.peer->has_sent_all(); }));
        this->loop_.settle();
        made.peer->send(wire.substr(cut));

        ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 4; }));
        EXPECT_EQ(made.handler->messages, expected);
        EXPECT_EQ(made.handler->kinds[1], payload_kind::binary);
        EXPECT_GE(made.handler->alive, 2);
        made.link->abort();
        ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    }
}

TYPED_TEST(ws_connection_messages, delivers_first_what_came_behind_the_upgrade) {
    const std::string wire = masked_text("first") + masked_text("second");
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        auto made = this->open(wire.substr(0, cut));
        EXPECT_TRUE(made.handler->messages.empty());

        made.peer->send(wire.substr(cut) + masked_text("third"));

        ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 3; }));
        EXPECT_EQ(made.handler->messages, (std::vector<std::string>{"first", "second", "third"}));
        made.link->abort();
        ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    }
}

TYPED_TEST(ws_connection_messages, takes_messages_longer_than_the_receive_buffer) {
    this->use({.max_message_bytes = 3'000'000});
    auto made = this->open();
    const std::string big(3'000'000, 'b');

    made.peer->send(masked_text(big) + masked_text("small"));

    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 2; }));
    EXPECT_EQ(made.handler->messages[0], big);
    EXPECT_EQ(made.handler->messages[1], "small");
}

TYPED_TEST(ws_connection_messages, sends_at_once_in_order) {
    auto made = this->open();

    made.link->send(this->texts({"a", "b"}));
    made.link->send(this->texts({"c"}));

    const std::string expected(this->texts({"a", "b", "c"})->bytes());
    ASSERT_TRUE(this->run_until([&] { return made.peer->received().size() == expected.size(); }));
    EXPECT_EQ(made.peer->received(), expected);
    EXPECT_EQ(made.link->queued_bytes(), 0U);
}

TYPED_TEST(ws_connection_messages, may_send_before_it_reads) {
    socket_pair pair = TypeParam::make_pair();
    raw_peer& peer = this->loop_.add_peer(std::move(pair.theirs));
    recording_handler handler;

    connection& link = this->connections_->open({std::move(pair.ours), {}});
    link.send(this->texts({"early"}));
    this->connections_->start(link, handler);

    ASSERT_TRUE(this->run_until([&] { return !peer.received().empty(); }));
    EXPECT_EQ(peer.received(), this->texts({"early"})->bytes());
}

TYPED_TEST(ws_connection_messages, answers_pings_with_what_they_carry) {
    auto made = this->open();

    made.peer->send(masked_ping("abc") + masked_begin("x") + masked_ping("") + masked_end("y"));

    const std::string expected =
        this->server_frame(opcode::pong, "abc") + this->server_frame(opcode::pong, "");
    ASSERT_TRUE(this->run_until([&] { return made.peer->received().size() == expected.size(); }));
    EXPECT_EQ(made.peer->received(), expected);
    EXPECT_EQ(made.handler->messages, std::vector<std::string>{"xy"});
}

TYPED_TEST(ws_connection_messages, pings_and_hears_the_answer_as_a_sign_of_life) {
    auto made = this->open();

    made.link->ping();

    ASSERT_TRUE(this->run_until([&] { return !made.peer->received().empty(); }));
    EXPECT_EQ(made.peer->received(), this->server_frame(opcode::ping, ""));
    made.peer->send(masked_pong(""));
    ASSERT_TRUE(this->run_until([&] { return made.handler->alive == 1; }));
    EXPECT_TRUE(made.handler->messages.empty());
}

TYPED_TEST(ws_connection_messages, reaches_a_lagging_member_through_its_queue_in_order) {
    auto fast = this->open();
    const auto filling = this->texts({std::string(60'000, 'f')});
    auto slow = this->open_stalled(filling);
    syscall_sender out;

    std::array<connection*, 2> members{fast.link, slow.link};
    out.send_many(members, this->texts({"1"}));
    slow.link->send(this->texts({"2"}));
    out.send_many(members, this->texts({"3"}));
    slow.peer->read_again();

    const std::string to_slow(this->texts({"1", "2", "3"})->bytes());
    const std::string to_fast(this->texts({"1", "3"})->bytes());
    ASSERT_TRUE(this->run_until([&] { return slow.peer->received().ends_with(to_slow); }));
    ASSERT_TRUE(this->run_until([&] { return fast.peer->received() == to_fast; }));
    EXPECT_EQ((slow.peer->received().size() - to_slow.size()) % filling->size_bytes(), 0U);
    EXPECT_EQ(slow.link->queued_bytes(), 0U);
    EXPECT_EQ(this->connections_->stats().queue_bytes.value(), 0U);
}

TYPED_TEST(ws_connection_messages, ends_a_turn_once_for_all_that_was_ready) {
    auto first = this->open();
    auto second = this->open();
    this->loop_.settle();
    const auto both_came = [&] {
        return !first.handler->messages.empty() && !second.handler->messages.empty();
    };
    bool came_before_the_end = false;
    this->turns_ = 0;
    this->at_turn_end_ = [&] { came_before_the_end = both_came(); };

    first.peer->send(masked_text("a") + masked_text("b"));
    second.peer->send(masked_text("c"));
    first.peer->pump();
    second.peer->pump();

    ASSERT_TRUE(this->run_until(both_came));
    ASSERT_TRUE(this->run_until([&] { return this->turns_ > 0; }));
    EXPECT_EQ(this->turns_, 1);
    EXPECT_TRUE(came_before_the_end);
    EXPECT_EQ(first.handler->messages.size(), 2U);
}

}  // namespace

}  // namespace fanwire::test
