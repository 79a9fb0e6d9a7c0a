#include "net/poller.hpp"

#include "support/net_loop.hpp"
#include "support/socket_pair.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace fanwire::test {

namespace {

class recording_pollable final : public pollable {
public:
    void on_ready(readiness what) override {
        found.push_back(what);
        if (then) then();
    }

    std::vector<readiness> found;
    std::function<void()> then;
};

class poller_forms : public ::testing::TestWithParam<poller_kind>, private turn_handler {
protected:
    void SetUp() override { poller_->set_turn_handler(this); }
    void on_turn_end() override { ++turns_; }

    net_loop loop_;
    std::unique_ptr<poller> poller_ = make_poller(loop_.context(), GetParam());
    socket_pair sockets_ = tcp_pair();
    recording_pollable watched_;
    int turns_ = 0;
};

TEST_P(poller_forms, tells_what_is_ready_and_then_the_end_of_the_turn) {
    ASSERT_FALSE(poller_->add(sockets_.ours.get(), watched_, readiness::read));
    loop_.settle();
    EXPECT_TRUE(watched_.found.empty());
    turns_ = 0;
    watched_.then = [&] {
        EXPECT_EQ(turns_, 0);
        poller_->remove(sockets_.ours.get());
    };

    ASSERT_EQ(::send(sockets_.theirs.get(), "x", 1, 0), 1);

    ASSERT_TRUE(loop_.run_until([&] { return turns_ == 1; }));
    EXPECT_EQ(watched_.found, std::vector{readiness::read});
}

TEST_P(poller_forms, tells_again_what_was_not_read) {
    ASSERT_FALSE(poller_->add(sockets_.ours.get(), watched_, readiness::read));

    ASSERT_EQ(::send(sockets_.theirs.get(), "x", 1, 0), 1);

    ASSERT_TRUE(loop_.run_until([&] { return watched_.found.size() >= 3; }));
    poller_->remove(sockets_.ours.get());
}

TEST_P(poller_forms, tells_only_what_is_watched_for) {
    ASSERT_FALSE(poller_->add(sockets_.ours.get(), watched_, readiness::none));
    ASSERT_EQ(::send(sockets_.theirs.get(), "x", 1, 0), 1);
    loop_.settle();
    EXPECT_TRUE(watched_.found.empty());

    poller_->change(sockets_.ours.get(), watched_, readiness::write);
    ASSERT_TRUE(loop_.run_until([&] { return !watched_.found.empty(); }));
    EXPECT_EQ(watched_.found.back(), readiness::write);
    poller_->change(sockets_.ours.get(), watched_, readiness::none);
    loop_.settle();
    watched_.found.clear();
    loop_.settle();
    EXPECT_TRUE(watched_.found.empty());

    poller_->change(sockets_.ours.get(), watched_, readiness::read);
    ASSERT_TRUE(loop_.run_until([&] { return !watched_.found.empty(); }));
    EXPECT_EQ(watched_.found.back(), readiness::read);
    poller_->remove(sockets_.ours.get());
}

TEST_P(poller_forms, tells_an_error_though_nothing_is_watched_for) {
    ASSERT_FALSE(poller_->add(sockets_.ours.get(), watched_, readiness::none));
    watched_.then = [&] { poller_->remove(sockets_.ours.get()); };

    raw_peer(std::move(sockets_.theirs)).reset();

    ASSERT_TRUE(loop_.run_until([&] { return !watched_.found.empty(); }));
    EXPECT_TRUE(includes(watched_.found.back(), readiness::broken));
}

TEST_P(poller_forms, tells_nothing_of_what_was_removed) {
    ASSERT_FALSE(poller_->add(sockets_.ours.get(), watched_, readiness::read | readiness::write));
    poller_->remove(sockets_.ours.get());
    ASSERT_EQ(::send(sockets_.theirs.get(), "x", 1, 0), 1);

    loop_.settle();

    EXPECT_TRUE(watched_.found.empty());
}

TEST_P(poller_forms, ends_a_turn_on_request_once_for_many) {
    poller_->request_turn();
    poller_->request_turn();
    EXPECT_EQ(turns_, 0);

    loop_.settle();

    EXPECT_EQ(turns_, 1);
}

TEST_P(poller_forms, may_go_while_it_waits) {
    ASSERT_FALSE(poller_->add(sockets_.ours.get(), watched_, readiness::read));
    poller_->request_turn();
    loop_.context().poll_one();
    poller_->request_turn();
    const int turns_before = turns_;

    poller_.reset();
    ASSERT_EQ(::send(sockets_.theirs.get(), "x", 1, 0), 1);
    loop_.settle();

    EXPECT_TRUE(watched_.found.empty());
    EXPECT_EQ(turns_, turns_before);
    // The descriptor is still its owner's.
    char byte = 0;
    EXPECT_EQ(::recv(sockets_.ours.get(), &byte, 1, 0), 1);
}

TEST_P(poller_forms, says_so_when_it_cannot_watch) {
    EXPECT_TRUE(poller_->add(-1, watched_, readiness::read));
}

INSTANTIATE_TEST_SUITE_P(each, poller_forms, ::testing::Values(poller_kind::epoll, poller_kind::asio),
                         [](const auto& form) {
                             return form.param == poller_kind::epoll ? "epoll" : "asio";
                         });

}  // namespace

}  // namespace fanwire::test
