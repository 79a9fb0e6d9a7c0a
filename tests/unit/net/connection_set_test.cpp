#include "net/connection_set.hpp"

#include "support/connection_fixture.hpp"

#include <gtest/gtest.h>

namespace fanwire::test {

namespace {

template <class Form>
class connection_set_life : public connection_fixture<Form> {
protected:
    /// How many descriptors are open besides those of connections: Asio opens its own with the first.
    std::ptrdiff_t count_other_descriptors() {
        const linked first = this->open();
        first.link->abort();
        EXPECT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
        this->loop_.forget_peers();
        return count_descriptors();
    }
};

TYPED_TEST_SUITE(connection_set_life, net_forms);

TYPED_TEST(connection_set_life, leaks_no_descriptor_over_a_thousand_connections) {
    const auto before = this->count_other_descriptors();

    for (int i = 0; i < 1000; ++i) {
        auto made = this->open();
        if (i % 3 == 0) made.link->abort();
        if (i % 3 == 1) made.peer->reset();
        if (i % 3 == 2) made.peer->send(masked_close(1000));
        ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
        this->loop_.forget_peers();
    }

    ASSERT_TRUE(this->run_until([&] { return this->connections_->size() == 0; }));
    EXPECT_EQ(count_descriptors(), before);
}

TYPED_TEST(connection_set_life, cuts_all_when_it_goes) {
    const auto before = this->count_other_descriptors();
    auto quiet = this->open();
    auto stalled = this->open_stalled(this->texts({std::string(50'000, 's')}));
    auto closing = this->open();
    closing.link->close(close_code::normal, "");
    auto paused = this->open(masked_text("kept"));
    paused.link->pause();

    this->connections_.reset();
    this->loop_.settle();

    EXPECT_TRUE(quiet.handler->closed.empty());
    EXPECT_TRUE(stalled.handler->closed.empty());
    EXPECT_TRUE(quiet.peer->has_seen_end());
    this->loop_.forget_peers();
    EXPECT_EQ(count_descriptors(), before);
}

TYPED_TEST(connection_set_life, tells_a_connection_that_a_flush_killed_without_other_traffic) {
    auto made = this->open();
    bool has_killed = false;
    this->at_turn_end_ = [&] {
        if (!std::exchange(has_killed, true)) made.link->abort();
    };

    made.peer->send(masked_text("go"));

    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    EXPECT_EQ(made.handler->closed, std::vector{close_code::abnormal});
}

TYPED_TEST(connection_set_life, tells_ends_before_the_turn_ends) {
    auto made = this->open();
    bool was_told = false;
    this->at_turn_end_ = [&] { was_told = was_told || !made.handler->closed.empty(); };

    made.peer->send(masked_close(1000));

    ASSERT_TRUE(this->run_until([&] { return !made.handler->closed.empty(); }));
    EXPECT_TRUE(was_told);
}

TYPED_TEST(connection_set_life, serves_a_hundred_at_a_time) {
    std::vector<linked> all;
    all.reserve(100);
    for (int i = 0; i < 100; ++i) all.push_back(this->open());
    for (const auto& one : all) {
        one.handler->then = [&one, this](std::string_view text) {
            one.link->send(this->texts({std::string(text)}));
        };
    }

    for (int round = 0; round < 20; ++round) {
        for (const auto& one : all) one.peer->send(masked_text(std::to_string(round)));
    }

    const auto has_all = [](const linked& one) { return one.handler->messages.size() == 20; };
    ASSERT_TRUE(this->run_until([&] { return std::ranges::all_of(all, has_all); }));
}

}  // namespace

}  // namespace fanwire::test
