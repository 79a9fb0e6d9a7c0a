#include "net/send_queue.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fanwire {

namespace {

shared_chunk texts(const std::vector<std::string>& payloads) {
    auto made = std::make_shared<chunk>();
    for (const auto& payload : payloads) made->append(payload_kind::text, payload);
    return made;
}

std::string bytes_of(const std::vector<std::string>& payloads) {
    return std::string(texts(payloads)->bytes());
}

std::string bytes_of(const control_frame& frame) { return std::string(frame.bytes()); }

/// Takes everything out, `step` bytes at a time at most.
std::string drain(send_queue& queue, std::size_t step = 1'000'000) {
    std::string out;
    while (!queue.is_empty()) {
        const auto bytes = queue.front().substr(0, step);
        out.append(bytes);
        queue.consume(bytes.size());
    }
    EXPECT_EQ(queue.front(), "");
    return out;
}

TEST(send_queue, gives_back_what_was_pushed_in_order_however_it_is_taken) {
    for (std::size_t step = 1; step < 12; ++step) {
        send_queue queue;
        queue.push(texts({"a", "bb"}), 0);
        queue.push(texts({"ccc"}), 0);

        EXPECT_EQ(drain(queue, step), bytes_of({"a", "bb", "ccc"}));
    }
}

TEST(send_queue, goes_on_where_the_socket_stopped) {
    const auto messages = texts({"abc", "def"});
    for (std::size_t sent = 0; sent <= messages->size_bytes(); ++sent) {
        send_queue queue;
        queue.push(messages, sent);

        EXPECT_EQ(queue.size_bytes(), messages->size_bytes() - sent);
        EXPECT_EQ(drain(queue), messages->bytes().substr(sent));
    }
}

TEST(send_queue, counts_every_byte) {
    send_queue queue;
    queue.push(texts({"abc"}), 2);
    EXPECT_EQ(queue.size_bytes(), 3U);

    queue.push_ping(ping_frame({}));
    queue.push_pong(pong_frame("xyz"));
    EXPECT_EQ(queue.size_bytes(), 3U + 2U + 5U);

    queue.push_pong(pong_frame(""));
    EXPECT_EQ(queue.size_bytes(), 3U + 2U + 2U);

    queue.consume(1);
    EXPECT_EQ(queue.size_bytes(), 6U);
}

TEST(send_queue, puts_a_control_frame_between_messages_and_never_inside_one) {
    const auto messages = texts({"abc", "def"});
    const std::string pong = bytes_of(pong_frame("p"));
    for (std::size_t sent = 0; sent < messages->size_bytes(); ++sent) {
        send_queue queue;
        queue.push(messages, sent);

        queue.push_pong(pong_frame("p"));

        const std::size_t boundary = sent == 0 ? 0 : sent <= 5 ? 5 : 10;
        std::string expected(messages->bytes());
        expected.insert(boundary, pong);
        EXPECT_EQ(drain(queue, 2), expected.substr(sent));
    }
}

TEST(send_queue, keeps_only_the_latest_pong_unless_it_has_begun) {
    send_queue queue;
    queue.push_pong(pong_frame("1"));
    queue.push_pong(pong_frame("2"));
    queue.consume(1);
    queue.push_pong(pong_frame("3"));
    queue.push_pong(pong_frame("4"));

    EXPECT_EQ(drain(queue), (bytes_of(pong_frame("2")) + bytes_of(pong_frame("4"))).substr(1));
}

TEST(send_queue, sends_a_close_frame_behind_everything) {
    send_queue queue;
    queue.push(texts({"a"}), 0);
    queue.push_ping(ping_frame({}));
    queue.push_pong(pong_frame("p"));
    queue.push_close(close_frame(1000, "bye"));

    EXPECT_EQ(drain(queue), bytes_of(pong_frame("p")) + bytes_of(ping_frame({})) + bytes_of({"a"}) +
                                bytes_of(close_frame(1000, "bye")));
}

TEST(send_queue, finishes_a_control_frame_that_was_begun_outside) {
    const auto ping = ping_frame("abc");
    send_queue queue;
    queue.push_rest(ping, 3);
    queue.push_pong(pong_frame("p"));
    queue.push(texts({"a"}), 0);

    EXPECT_EQ(drain(queue, 1), bytes_of(ping).substr(3) + bytes_of(pong_frame("p")) + bytes_of({"a"}));
}

TEST(send_queue, drops_what_has_not_begun_and_finishes_what_has) {
    const auto messages = texts({"abc", "def", "ghi"});
    for (std::size_t sent = 0; sent < messages->size_bytes(); ++sent) {
        send_queue queue;
        queue.push(messages, sent);
        queue.push(texts({"later"}), 0);

        queue.drop_messages();

        const std::size_t rest = (5 - sent % 5) % 5;
        EXPECT_EQ(queue.size_bytes(), rest);
        queue.push_close(close_frame(1000, ""));
        EXPECT_EQ(drain(queue),
                  std::string(messages->bytes().substr(sent, rest)) + bytes_of(close_frame(1000, "")));
    }
}

TEST(send_queue, lets_go_of_chunks_that_are_out) {
    const auto messages = texts({"abc"});
    send_queue queue;
    queue.push(messages, 0);
    EXPECT_EQ(messages.use_count(), 2);

    drain(queue);

    EXPECT_EQ(messages.use_count(), 1);
}

}  // namespace

}  // namespace fanwire
