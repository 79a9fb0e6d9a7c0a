#include "bus/redis/redis_subscriber.hpp"

#include "support/fake_redis_link.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace fanwire {
namespace {

using namespace std::chrono_literals;
using test::pushed;
using texts = std::vector<std::string>;

class redis_subscriber_with_a_link : public ::testing::Test, protected redis_subscriber_handler {
protected:
    redis_subscriber_with_a_link() { subscriber.attach(link); }

    void on_room_payload(std::string_view room, std::string_view payload) override {
        heard.push_back(std::string(room) + "=" + std::string(payload));
    }
    void on_own_payload(std::string_view payload) override { heard.push_back("own=" + std::string(payload)); }

    void hears(std::initializer_list<std::string_view> words) {
        const resp_reply reply = pushed(words);
        subscriber.on_reply(reply.view());
    }
    texts sends() {
        subscriber.flush(now);
        return link.sent();
    }
    void comes_up() {
        subscriber.on_ready();
        sends();
        hears({"subscribe", "all", "1"});
        hears({"subscribe", "k:i:me", "2"});
        ASSERT_TRUE(subscriber.is_replayed());
    }
    void subscribes(const subscription& wanted) {
        subscriber.subscribe(wanted, [this](bool is_local) { told.push_back(is_local ? "local" : "true"); });
    }

    redis_settings settings = [] {
        redis_settings made;
        made.instance = "me";
        made.room_prefix = "r:";
        made.broadcast_channel = "all";
        made.key_prefix = "k:";
        made.unsubscribe_linger = 5s;
        return made;
    }();
    time_point now{1h};
    test::fake_redis_link link;
    redis_subscriber subscriber{settings, *this};
    texts heard;
    texts told;
};

TEST_F(redis_subscriber_with_a_link, tells_who_waits_when_it_is_confirmed) {
    comes_up();
    subscribes({"a", false});
    EXPECT_EQ(sends(), texts{"SUBSCRIBE r:a"});
    EXPECT_EQ(told, texts{});
    hears({"subscribe", "r:a", "3"});
    EXPECT_EQ(told, texts{"true"});
    subscribes({"a", false});
    EXPECT_EQ(told, (texts{"true", "true"}));
}

TEST_F(redis_subscriber_with_a_link, tells_local_without_a_link_and_to_all_who_wait_when_it_breaks) {
    subscribes({"a", false});
    EXPECT_EQ(told, texts{"local"});
    subscriber.on_ready();
    sends();
    subscribes({"b", false});
    subscribes({"c:*", true});
    sends();
    subscribes({"d:*", true});
    subscriber.on_lost();
    EXPECT_EQ(told, (texts{"local", "local", "local", "local"}));
}

TEST_F(redis_subscriber_with_a_link, takes_each_publish_once_where_room_and_cover_match) {
    comes_up();
    subscribes({"a:*", true});
    subscribes({"a:1", false});
    sends();
    hears({"subscribe", "r:a:1", "3"});
    hears({"psubscribe", "r:a:*", "4"});
    hears({"message", "r:a:1", "x"});
    hears({"pmessage", "r:a:*", "r:a:1", "x"});
    hears({"pmessage", "r:a:*", "r:a:2", "y"});
    EXPECT_EQ(heard, (texts{"a:1=x", "a:2=y"}));
}

TEST_F(redis_subscriber_with_a_link, takes_each_publish_once_until_redis_has_unsubscribed_the_room) {
    comes_up();
    subscribes({"a:*", true});
    subscribes({"a:1", false});
    sends();
    hears({"subscribe", "r:a:1", "3"});
    hears({"psubscribe", "r:a:*", "4"});
    subscriber.unsubscribe({"a:1", false}, now);
    now += 5s;
    EXPECT_EQ(sends(), texts{"UNSUBSCRIBE r:a:1"});
    hears({"message", "r:a:1", "x"});
    hears({"pmessage", "r:a:*", "r:a:1", "x"});
    EXPECT_EQ(heard, texts{"a:1=x"});
    hears({"unsubscribe", "r:a:1", "3"});
    hears({"pmessage", "r:a:*", "r:a:1", "y"});
    EXPECT_EQ(heard, (texts{"a:1=x", "a:1=y"}));
}

TEST_F(redis_subscriber_with_a_link, takes_the_newest_cover_while_one_replaces_another) {
    comes_up();
    subscribes({"a:b:*", true});
    EXPECT_EQ(sends(), texts{"PSUBSCRIBE r:a:b:*"});
    hears({"psubscribe", "r:a:b:*", "3"});
    subscribes({"a:*", true});
    EXPECT_EQ(sends(), texts{"PSUBSCRIBE r:a:*"});
    hears({"pmessage", "r:a:b:*", "r:a:b:1", "x"});
    hears({"psubscribe", "r:a:*", "4"});
    hears({"pmessage", "r:a:b:*", "r:a:b:1", "y"});
    hears({"pmessage", "r:a:*", "r:a:b:1", "y"});
    EXPECT_EQ(heard, (texts{"a:b:1=x", "a:b:1=y"}));
}

TEST_F(redis_subscriber_with_a_link, knows_its_own_channel_and_everybodys) {
    comes_up();
    hears({"message", "all", "x"});
    hears({"message", "k:i:me", "y"});
    EXPECT_EQ(heard, (texts{"=x", "own=y"}));
}

TEST_F(redis_subscriber_with_a_link, tells_local_to_who_waits_for_what_is_refused_and_to_nobody_else) {
    comes_up();
    for (const char* room : {"a", "secret", "b"}) subscribes({room, false});
    EXPECT_EQ(sends(), texts{"SUBSCRIBE r:a r:secret r:b"});
    EXPECT_TRUE(subscriber.is_awaiting());

    EXPECT_EQ(subscriber.on_refused(), "");
    EXPECT_EQ(told, texts{});
    EXPECT_EQ(sends(), (texts{"SUBSCRIBE r:a", "SUBSCRIBE r:secret", "SUBSCRIBE r:b"}));
    hears({"subscribe", "r:a", "3"});
    EXPECT_EQ(subscriber.on_refused(), "r:secret");
    hears({"subscribe", "r:b", "4"});

    EXPECT_EQ(told, (texts{"true", "local", "true"}));
    EXPECT_FALSE(subscriber.is_awaiting());
    EXPECT_EQ(sends(), texts{});
}

TEST_F(redis_subscriber_with_a_link, tries_what_was_refused_again_for_whoever_wants_it_next) {
    comes_up();
    subscribes({"secret", false});
    subscribes({"p:*", true});
    EXPECT_EQ(sends(), (texts{"SUBSCRIBE r:secret", "PSUBSCRIBE r:p:*"}));
    EXPECT_EQ(subscriber.on_refused(), "r:secret");
    EXPECT_EQ(subscriber.on_refused(), "r:p:*");
    EXPECT_EQ(told, (texts{"local", "local"}));

    subscribes({"secret", false});
    subscribes({"p:**", true});
    EXPECT_EQ(sends(), (texts{"SUBSCRIBE r:secret", "PSUBSCRIBE r:p:*"}));
    hears({"subscribe", "r:secret", "3"});
    hears({"psubscribe", "r:p:*", "4"});

    EXPECT_EQ(told, (texts{"local", "local", "true", "true"}));
}

TEST_F(redis_subscriber_with_a_link, is_replayed_though_something_was_refused) {
    subscriber.subscribe({"secret", false}, [](bool) {});
    subscriber.on_ready();
    sends();

    EXPECT_EQ(subscriber.on_refused(), "");
    for (const std::string& command : sends()) {
        EXPECT_FALSE(subscriber.is_replayed());
        const std::string name = command.substr(std::string("SUBSCRIBE ").size());
        if (name == "r:secret") {
            EXPECT_EQ(subscriber.on_refused(), name);
        } else {
            hears({"subscribe", name, "1"});
        }
    }

    EXPECT_TRUE(subscriber.is_replayed());
}

TEST_F(redis_subscriber_with_a_link, hears_a_room_from_its_own_subscription_while_and_after_a_cover_ends) {
    comes_up();
    subscribes({"a:*", true});
    subscribes({"a:1", false});
    sends();
    hears({"subscribe", "r:a:1", "3"});
    hears({"psubscribe", "r:a:*", "4"});
    subscriber.unsubscribe({"a:*", true}, now);
    EXPECT_EQ(sends(), texts{});
    now += 5s;
    EXPECT_EQ(sends(), texts{"PUNSUBSCRIBE r:a:*"});

    hears({"message", "r:a:1", "x"});
    hears({"pmessage", "r:a:*", "r:a:1", "x"});
    hears({"punsubscribe", "r:a:*", "3"});
    hears({"message", "r:a:1", "y"});

    EXPECT_EQ(heard, (texts{"a:1=x", "a:1=y"}));
    EXPECT_EQ(subscriber.subscriptions(), 3U);
}

TEST_F(redis_subscriber_with_a_link, subscribes_a_cover_anew_that_was_wanted_again_while_it_ended) {
    comes_up();
    subscribes({"a:*", true});
    sends();
    hears({"psubscribe", "r:a:*", "3"});
    subscriber.unsubscribe({"a:*", true}, now);
    sends();
    now += 5s;
    EXPECT_EQ(sends(), texts{"PUNSUBSCRIBE r:a:*"});

    subscribes({"a:*", true});
    EXPECT_EQ(sends(), texts{});
    hears({"punsubscribe", "r:a:*", "2"});
    EXPECT_EQ(told, texts{"true"});
    EXPECT_EQ(sends(), texts{"PSUBSCRIBE r:a:*"});
    hears({"psubscribe", "r:a:*", "3"});
    hears({"pmessage", "r:a:*", "r:a:1", "x"});

    EXPECT_EQ(told, (texts{"true", "true"}));
    EXPECT_EQ(heard, texts{"a:1=x"});
}

TEST_F(redis_subscriber_with_a_link, hands_a_room_back_to_the_wider_cover_when_the_narrow_one_ends) {
    comes_up();
    subscribes({"a:*", true});
    sends();
    hears({"psubscribe", "r:a:*", "3"});
    subscribes({"a:b:*", true});
    EXPECT_EQ(sends(), texts{});
    subscriber.unsubscribe({"a:*", true}, now);
    EXPECT_EQ(sends(), texts{"PSUBSCRIBE r:a:b:*"});
    hears({"psubscribe", "r:a:b:*", "4"});
    subscribes({"a:*", true});
    sends();

    hears({"pmessage", "r:a:*", "r:a:b:1", "x"});
    hears({"pmessage", "r:a:b:*", "r:a:b:1", "x"});
    hears({"pmessage", "r:a:*", "r:a:2", "y"});
    now += 5s;
    EXPECT_EQ(sends(), texts{"PUNSUBSCRIBE r:a:b:*"});
    hears({"punsubscribe", "r:a:b:*", "3"});
    hears({"pmessage", "r:a:*", "r:a:b:1", "z"});

    EXPECT_EQ(heard, (texts{"a:b:1=x", "a:2=y", "a:b:1=z"}));
}

}  // namespace
}  // namespace fanwire
