#include "bus/redis/redis_target.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fanwire {
namespace {

using transport = redis_target::transport;

TEST(redis_target, reads_host_port_and_database) {
    const redis_target target = parse_redis_url("redis://redis.example:7000/3");

    EXPECT_EQ(target.over, transport::tcp);
    EXPECT_EQ(target.host, "redis.example");
    EXPECT_EQ(target.port, 7000);
    EXPECT_EQ(target.database, 3U);
}

TEST(redis_target, has_defaults_for_what_is_left_out) {
    EXPECT_EQ(parse_redis_url("redis://").host, "127.0.0.1");
    EXPECT_EQ(parse_redis_url("redis://:7000").host, "127.0.0.1");
    EXPECT_EQ(parse_redis_url("redis://h").port, 6379);
    EXPECT_EQ(parse_redis_url("redis://h/").database, 0U);
}

TEST(redis_target, reads_users_and_passwords_with_percent_encoding) {
    const redis_target both = parse_redis_url("rediss://an%6e:p%40ss%3aword@[::1]:6380");

    EXPECT_EQ(both.over, transport::tls);
    EXPECT_EQ(both.user, "ann");
    EXPECT_EQ(both.password, "p@ss:word");
    EXPECT_EQ(both.host, "::1");
    EXPECT_EQ(both.port, 6380);
    EXPECT_EQ(parse_redis_url("redis://:only@h").password, "only");
}

TEST(redis_target, reads_unix_sockets) {
    const redis_target target = parse_redis_url("unix://ann:secret@/run/redis.sock?db=2");

    EXPECT_EQ(target.over, transport::unix_socket);
    EXPECT_EQ(target.path, "/run/redis.sock");
    EXPECT_EQ(target.user, "ann");
    EXPECT_EQ(target.password, "secret");
    EXPECT_EQ(target.database, 2U);
}

TEST(redis_target, refuses_what_is_no_url_and_never_shows_a_password) {
    for (const char* wrong : {"", "localhost", "http://h", "redis://:secret@h:port", "redis://:secret@h:0",
                              "redis://:secret@h:65536", "redis://:secret@h/x", "redis://:secret%4@h",
                              "redis://:secret%zz@h", "redis://:secret@[::1", "redis://:secret@[::1]6379",
                              "unix://:secret@run", "unix:///run/redis.sock?secret=1"}) {
        try {
            static_cast<void>(parse_redis_url(wrong));
            ADD_FAILURE() << wrong;
        } catch (const std::invalid_argument& refused) {
            EXPECT_EQ(std::string(refused.what()).find("secret"), std::string::npos) << wrong;
            EXPECT_TRUE(std::string(refused.what()).starts_with("option `redis`")) << wrong;
        }
    }
}

TEST(redis_target, is_logged_without_its_password) {
    EXPECT_EQ(redacted_url(parse_redis_url("redis://ann:secret@h:1/2")), "redis://ann:***@h:1/2");
    EXPECT_EQ(redacted_url(parse_redis_url("rediss://[::1]")), "rediss://[::1]:6379/0");
    EXPECT_EQ(redacted_url(parse_redis_url("unix://:secret@/run/r")), "unix://:***@/run/r?db=0");
}

}  // namespace
}  // namespace fanwire
