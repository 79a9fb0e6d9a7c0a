#include "support/connection_fixture.hpp"

#include <gtest/gtest.h>

namespace fanwire::test {

namespace {

template <class Form>
class ws_connection_pause : public connection_fixture<Form> {};

TYPED_TEST_SUITE(ws_connection_pause, net_forms);

TYPED_TEST(ws_connection_pause, keeps_what_was_read_until_it_is_resumed) {
    auto made = this->open();
    auto other = this->open();
    made.handler->then = [&](std::string_view text) {
        if (text == "1") made.link->pause();
    };

    made.peer->send(masked_text("1") + masked_text("2") + masked_begin("3"));
    ASSERT_TRUE(this->run_until([&] { return !made.handler->messages.empty(); }));
    made.peer->send(masked_end("3") + masked_text("4"));
    other.peer->send(masked_text("meanwhile the buffer is another's"));
    ASSERT_TRUE(this->run_until([&] { return !other.handler->messages.empty(); }));
    this->loop_.settle();
    EXPECT_EQ(made.handler->messages, std::vector<std::string>{"1"});

    made.link->resume();
    EXPECT_EQ(made.handler->messages.size(), 1U);
    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 4; }));
    EXPECT_EQ(made.handler->messages, (std::vector<std::string>{"1", "2", "33", "4"}));
}

TYPED_TEST(ws_connection_pause, delivers_one_by_one_to_a_handler_that_pauses_at_each) {
    auto made = this->open();
    made.handler->then = [&](std::string_view) { made.link->pause(); };
    made.peer->send(masked_text("1") + masked_text("2") + masked_text("3"));

    for (std::size_t count = 1; count <= 3; ++count) {
        ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == count; }));
        this->loop_.settle();
        EXPECT_EQ(made.handler->messages.size(), count);
        made.link->resume();
    }
}

TYPED_TEST(ws_connection_pause, goes_on_when_it_is_resumed_in_the_same_message) {
    auto made = this->open();
    made.handler->then = [&](std::string_view) {
        made.link->pause();
        made.link->resume();
    };

    made.peer->send(masked_text("1") + masked_text("2"));
    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 2; }));
    made.peer->send(masked_text("3"));

    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 3; }));
}

TYPED_TEST(ws_connection_pause, reads_nothing_while_paused_and_still_sends) {
    auto made = this->open();
    made.link->pause();

    made.peer->send(masked_text("1"));
    made.link->send(this->texts({"a"}));
    made.link->ping();
    ASSERT_TRUE(this->run_until([&] { return made.peer->received().size() == 5; }));
    this->loop_.settle();
    EXPECT_TRUE(made.handler->messages.empty());
    EXPECT_EQ(made.handler->alive, 0);

    made.link->resume();
    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 1; }));
}

TYPED_TEST(ws_connection_pause, keeps_what_came_behind_the_upgrade) {
    auto made = this->open(masked_text("1"));
    made.link->pause();
    this->loop_.settle();
    EXPECT_TRUE(made.handler->messages.empty());

    made.link->resume();

    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 1; }));
}

TYPED_TEST(ws_connection_pause, finds_the_peers_close_behind_messages_when_closed_while_paused) {
    auto made = this->open();
    made.handler->then = [&](std::string_view) { made.link->pause(); };
    made.peer->send(masked_text("1") + masked_text("2") + masked_close(1000));
    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 1; }));

    made.link->close(close_code::expired, "");

    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::expired});
    EXPECT_EQ(made.handler->messages.size(), 1U);
}

TYPED_TEST(ws_connection_pause, aborts_with_messages_kept) {
    auto made = this->open();
    made.handler->then = [&](std::string_view) { made.link->pause(); };
    made.peer->send(masked_text("1") + masked_text("2"));
    ASSERT_TRUE(this->run_until([&] { return made.handler->messages.size() == 1; }));

    made.link->resume();
    made.link->abort();

    ASSERT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
    EXPECT_EQ(made.handler->messages.size(), 1U);
    EXPECT_EQ(made.handler->closed, std::vector{close_code::abnormal});
}

TYPED_TEST(ws_connection_pause, sees_a_reset_while_paused) {
    auto made = this->open();
    made.link->pause();

    made.peer->reset();

    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
}

}  // namespace

}  // namespace fanwire::test
