#include <fanwire/server.hpp>

#include "support/test_client.hpp"

#include <boost/asio/socket_base.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

namespace fanwire {
namespace {

using test::test_client;

options on_a_free_port() {
    options chosen;
    chosen.port = 0;
    return chosen;
}

TEST(hooks, on_join_lets_in_or_refuses) {
    hooks functions;
    functions.on_join = [](const join_request& asked, reply<join_decision> answer) {
        if (asked.room == "secret") return answer(refuse{errc::forbidden, "Not you."});
        answer(allow{});
    };
    server running(on_a_free_port(), functions);
    running.start();
    test_client client(running.port());

    EXPECT_EQ(client.ask(R"({"type":"join","roomId":"open"})"), R"({"type":"joined","roomId":"open"})");
    EXPECT_EQ(client.ask(R"({"type":"join","roomId":"secret"})"),
              R"({"type":"error","code":"forbidden","message":"Not you.","roomId":"secret"})");
    EXPECT_EQ(running.stats().rooms, 1U);
}

TEST(hooks, leaves_and_the_end_are_told_in_their_order) {
    std::vector<std::string> told;
    std::promise<disconnect_notice> gone;
    hooks functions;
    functions.on_connect = [](const connect_request&, reply<connect_decision> answer) {
        answer(accept{R"("ann")"});
    };
    functions.on_leave = [&](const leave_notice& left) {
        told.push_back(left.room + (left.has_disconnected ? " at the end" : " by request"));
    };
    functions.on_disconnect = [&](const disconnect_notice& end) { gone.set_value(end); };
    server running(on_a_free_port(), functions);
    running.start();
    test_client client(running.port(), "fanwire.v1");
    client.receive();
    client.ask(R"({"type":"join","roomId":"a"})");
    client.ask(R"({"type":"join","roomId":"b"})");
    client.ask(R"({"type":"leave","roomId":"a"})");

    client.close();

    auto end = gone.get_future();
    ASSERT_EQ(end.wait_for(test_client::patience), std::future_status::ready);
    const disconnect_notice last = end.get();
    EXPECT_EQ(told, (std::vector<std::string>{"a by request", "b at the end"}));
    EXPECT_EQ(last.user, R"("ann")");
    EXPECT_EQ(last.code, close_code::normal);
}

TEST(hooks, the_end_of_a_client_that_broke_before_it_was_let_in_is_told) {
    std::promise<reply<connect_decision>> asked;
    std::promise<disconnect_notice> gone;
    hooks functions;
    functions.on_connect = [&](const connect_request&, reply<connect_decision> answer) {
        asked.set_value(std::move(answer));
    };
    functions.on_disconnect = [&](const disconnect_notice& end) { gone.set_value(end); };
    server running(on_a_free_port(), functions);
    running.start();
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), running.port()});
    const std::string handshake =
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(handshake));
    auto question = asked.get_future();
    ASSERT_EQ(question.wait_for(test_client::patience), std::future_status::ready);

    socket.set_option(boost::asio::socket_base::linger(true, 0));
    socket.close();
    question.get()(accept{R"("ann")"});

    auto end = gone.get_future();
    ASSERT_EQ(end.wait_for(test_client::patience), std::future_status::ready);
    const disconnect_notice last = end.get();
    EXPECT_EQ(last.user, R"("ann")");
    EXPECT_EQ(last.code, close_code::abnormal);
    EXPECT_EQ(running.stats().connections, 0U);
}

}  // namespace
}  // namespace fanwire
