#pragma once

#include "bus/redis/redis_link.hpp"
#include "bus/redis/resp_reader.hpp"
#include "bus/redis/resp_writer.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fanwire::test {

/// Commands as lines of words: `SUBSCRIBE a b`.
inline std::vector<std::string> command_lines(std::string_view wire) {
    std::vector<std::string> lines;
    resp_reader reader(wire.size() + 1);
    reader.feed(wire);
    resp_reply reply;
    while (!reader.next(reply) && reply) {
        std::string& line = lines.emplace_back();
        for (std::size_t at = 0; at < reply.view().size(); ++at) {
            line += (at == 0 ? "" : " ") + std::string(reply.view()[at].text());
        }
    }
    return lines;
}

/// A reply of Redis, from its bytes.
inline resp_reply reply_of(std::string_view wire) {
    resp_reader reader(wire.size() + 1);
    reader.feed(wire);
    resp_reply reply;
    EXPECT_FALSE(reader.next(reply));
    EXPECT_TRUE(reply);
    return reply;
}

/// What Redis pushes: an array of texts.
inline resp_reply pushed(std::initializer_list<std::string_view> words) {
    std::string wire;
    write_command(wire, words);
    return reply_of(wire);
}

/// A link that writes down what it is told to do.
class fake_redis_link final : public redis_link {
public:
    void send(std::string_view commands) override { sent_ += commands; }
    void restart(std::string_view) override { ++restarts; }

    /// The commands since the last call.
    [[nodiscard]] std::vector<std::string> sent() { return command_lines(std::exchange(sent_, {})); }

    int restarts = 0;

private:
    std::string sent_;
};

}  // namespace fanwire::test
