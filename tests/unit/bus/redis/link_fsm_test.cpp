#include "bus/redis/link_fsm.hpp"

#include <gtest/gtest.h>

namespace fanwire {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};
const std::error_code broken = std::make_error_code(std::errc::connection_reset);

redis_settings settings_for_tests() {
    redis_settings settings;
    settings.instance = "ab";
    settings.connect_timeout = 3s;
    settings.command_timeout = 4s;
    return settings;
}

class link_fsm_test : public testing::Test {
protected:
    /// Resumes, and says what comes next and how long it may take.
    void expect(std::error_code result, link_step step, duration timeout) {
        const link_action next = fsm.resume(result, now);
        EXPECT_EQ(next.step, step);
        EXPECT_EQ(next.timeout, timeout);
    }
    void serve() {
        expect({}, link_step::connect, 3s);
        expect({}, link_step::greet, 4s);
        expect({}, link_step::serve, 0s);
    }

    redis_settings settings = settings_for_tests();
    double share = 1;
    time_point now = start;
    link_fsm fsm{settings, "publish", [this] { return share; }};
};

TEST_F(link_fsm_test, connects_logs_in_and_serves) { serve(); }

TEST_F(link_fsm_test, begins_again_whatever_step_fails) {
    expect({}, link_step::connect, 3s);
    expect(broken, link_step::wait, 50ms);
    expect({}, link_step::connect, 3s);
    expect({}, link_step::greet, 4s);
    expect(broken, link_step::wait, 100ms);
    serve();
    expect(broken, link_step::wait, 200ms);
    serve();
}

TEST_F(link_fsm_test, doubles_its_delay_up_to_two_seconds) {
    expect({}, link_step::connect, 3s);
    for (const auto delay : {50ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 2000ms, 2000ms}) {
        expect(broken, link_step::wait, delay);
        expect({}, link_step::connect, 3s);
    }
}

TEST_F(link_fsm_test, spreads_its_delay_over_all_of_it) {
    expect({}, link_step::connect, 3s);
    share = 0;
    expect(broken, link_step::wait, 0s);
    expect({}, link_step::connect, 3s);
    share = 0.5;
    expect(broken, link_step::wait, 50ms);
}

TEST_F(link_fsm_test, forgets_its_delay_after_good_service_only) {
    expect({}, link_step::connect, 3s);
    expect(broken, link_step::wait, 50ms);
    serve();
    now += 2s - 1ms;
    expect(broken, link_step::wait, 100ms);
    serve();
    now += 2s;
    expect(broken, link_step::wait, 50ms);
}

TEST_F(link_fsm_test, greets_by_name) {
    EXPECT_EQ(fsm.greeting(), "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$18\r\nfanwire-ab-publish\r\n");
    EXPECT_EQ(fsm.greeting_replies(), 1U);
}

TEST_F(link_fsm_test, logs_in_with_what_there_is) {
    settings.target.password = "secret";
    EXPECT_TRUE(fsm.greeting().starts_with("*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n"));
    settings.target.user = "ann";
    settings.target.database = 3;

    EXPECT_TRUE(fsm.greeting().starts_with(
        "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"));
    EXPECT_EQ(fsm.greeting_replies(), 3U);
}

TEST_F(link_fsm_test, asks_for_the_password_each_time) {
    std::string password = "old";
    settings.read_password = [&] { return password; };

    EXPECT_NE(fsm.greeting().find("old"), std::string::npos);
    password = "new";
    EXPECT_NE(fsm.greeting().find("new"), std::string::npos);
}

}  // namespace
}  // namespace fanwire
