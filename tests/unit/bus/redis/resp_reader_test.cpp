#include "bus/redis/resp_reader.hpp"

#include "bus/redis/resp_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace fanwire {
namespace {

constexpr std::size_t no_limit = std::size_t{1} << 30;

/// A reply as one line: its kind and its text, arrays in brackets.
std::string line_of(resp_view reply) {
    if (reply.is_nil()) return "nil";
    if (reply.is_error()) return "error " + std::string(reply.text());
    if (!reply.is_array())
        return reply.text().empty() ? std::to_string(reply.number()) : std::string(reply.text());
    std::string line = "[";
    for (std::size_t index = 0; index < reply.size(); ++index) line += line_of(reply[index]) + ";";
    return line + "]";
}

/// All that the reader makes of `wire`, fed in pieces that end at `cuts`; an error is the last line.
std::vector<std::string> read_in_pieces(const std::string& wire, const std::vector<std::size_t>& cuts,
                                        std::size_t limit = no_limit) {
    resp_reader reader(limit);
    std::vector<std::string> lines;
    std::size_t from = 0;
    std::vector<std::size_t> ends = cuts;
    ends.push_back(wire.size());
    for (const std::size_t end : ends) {
        reader.feed(std::string_view(wire).substr(from, end - from));
        from = end;
        for (resp_reply reply;;) {
            if (const std::error_code failed = reader.next(reply)) {
                lines.push_back(failed.message());
                return lines;
            }
            if (!reply) break;
            lines.push_back(line_of(reply.view()));
        }
    }
    return lines;
}

const std::string conversation =
    "+OK\r\n:7\r\n$-1\r\n-NOPERM no\r\n$5\r\na\r\nbc\r\n*0\r\n"
    "*3\r\n$9\r\nsubscribe\r\n$6\r\nroom:a\r\n:1\r\n"
    "*3\r\n$7\r\nmessage\r\n$6\r\nroom:a\r\n$2\r\nhi\r\n"
    "*2\r\n*1\r\n:1\r\n*2\r\n$-1\r\n-ERR in it\r\n";

const std::vector<std::string> expected = {"OK",
                                           "7",
                                           "nil",
                                           "error NOPERM no",
                                           "a\r\nbc",
                                           "[]",
                                           "[subscribe;room:a;1;]",
                                           "[message;room:a;hi;]",
                                           "[[1;];[nil;error ERR in it;];]"};

TEST(resp_reader, reads_every_kind_of_reply) { EXPECT_EQ(read_in_pieces(conversation, {}), expected); }

TEST(resp_reader, reads_the_same_at_every_cut) {
    for (std::size_t cut = 0; cut <= conversation.size(); ++cut) {
        EXPECT_EQ(read_in_pieces(conversation, {cut}), expected) << cut;
    }
    std::vector<std::size_t> every;
    for (std::size_t cut = 1; cut < conversation.size(); ++cut) every.push_back(cut);
    EXPECT_EQ(read_in_pieces(conversation, every), expected);
}

TEST(resp_reader, reads_a_reply_that_is_larger_than_a_slice) {
    const std::string large(100'000, 'x');

    EXPECT_EQ(read_in_pieces("$100000\r\n" + large + "\r\n+OK\r\n", {}),
              (std::vector<std::string>{large, "OK"}));
}

TEST(resp_reader, refuses_what_is_no_reply) {
    const std::string sentence = std::make_error_code(std::errc::protocol_error).message();

    EXPECT_EQ(read_in_pieces("HTTP/1.1 200 OK\r\n", {}), std::vector<std::string>{sentence});
    EXPECT_EQ(read_in_pieces("+OK\r\n$x\r\n", {}), (std::vector<std::string>{"OK", sentence}));
}

TEST(resp_reader, gives_up_on_a_reply_that_is_longer_than_the_limit) {
    const std::string sentence = std::make_error_code(std::errc::message_size).message();
    const std::string begun = "$99999999999\r\n";
    constexpr std::size_t limit = 1000;

    const std::string at_limit = begun + std::string(limit - begun.size(), 'x');

    EXPECT_TRUE(read_in_pieces(at_limit, {}, limit).empty());
    EXPECT_EQ(read_in_pieces(at_limit + "x", {}, limit), std::vector<std::string>{sentence});
}

TEST(write_command, writes_what_redis_reads) {
    std::string out;

    write_command(out, {"PUBLISH", "room:a", ""});

    EXPECT_EQ(out, "*3\r\n$7\r\nPUBLISH\r\n$6\r\nroom:a\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace fanwire
