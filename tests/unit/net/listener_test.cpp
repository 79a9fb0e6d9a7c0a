#include "net/listener.hpp"

#include "support/net_loop.hpp"
#include "support/socket_pair.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <vector>

namespace fanwire::test {

namespace {

class listener_test : public ::testing::Test {
protected:
    listener make(const listen_options& options = {}) {
        return {loop_.context(), options,
                [this](accepted_socket accepted) { accepted_.push_back(std::move(accepted)); }};
    }

    /// What a listener that must fail says.
    std::string complaint(const listen_options& options) {
        try {
            const listener made = make(options);
        } catch (const std::system_error& error) {
            return error.what();
        }
        return {};
    }

    net_loop loop_;
    std::vector<accepted_socket> accepted_;
};

/// Lets the process have no more descriptors than it has now.
class no_more_descriptors {
public:
    no_more_descriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit lower = before_;
        lower.rlim_cur = 0;
        ::setrlimit(RLIMIT_NOFILE, &lower);
    }
    ~no_more_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    no_more_descriptors(const no_more_descriptors&) = delete;
    no_more_descriptors& operator=(const no_more_descriptors&) = delete;

private:
    rlimit before_{};
};

TEST_F(listener_test, hands_over_sockets_that_do_not_block) {
    listener made = make();
    made.start();
    const unique_fd client = connect_to(made.port());
    ASSERT_TRUE(loop_.run_until([&] { return accepted_.size() == 1; }));

    const int descriptor = accepted_.front().socket.get();

    EXPECT_NE(::fcntl(descriptor, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_TRUE(accepted_.front().remote_address.starts_with("127.0.0.1:"))
        << accepted_.front().remote_address;
    EXPECT_EQ(made.stats().accepted.value(), 1U);
}

TEST_F(listener_test, writes_mapped_and_long_addresses_as_people_do) {
    listener both = make({.host = "::"});
    both.start();
    const unique_fd client = connect_to(both.port());
    ASSERT_TRUE(loop_.run_until([&] { return accepted_.size() == 1; }));
    EXPECT_TRUE(accepted_.front().remote_address.starts_with("127.0.0.1:"));

    boost::asio::ip::tcp::socket long_client(loop_.context());
    long_client.connect({boost::asio::ip::address_v6::loopback(), both.port()});
    ASSERT_TRUE(loop_.run_until([&] { return accepted_.size() == 2; }));
    EXPECT_TRUE(accepted_.back().remote_address.starts_with("[::1]:")) << accepted_.back().remote_address;
}

TEST_F(listener_test, takes_names) {
    const listener made = make({.host = "localhost"});
    EXPECT_NE(made.port(), 0);
}

TEST_F(listener_test, names_address_and_port_that_it_cannot_have) {
    const listener first = make();

    const std::string taken = complaint({.host = "127.0.0.1", .port = first.port()});
    const std::string foreign = complaint({.host = "192.0.2.1", .port = 8080});
    const std::string nonsense = complaint({.host = "no.such.name.invalid", .port = 8080});

    EXPECT_NE(taken.find("127.0.0.1, port " + std::to_string(first.port())), std::string::npos) << taken;
    EXPECT_NE(foreign.find("192.0.2.1, port 8080"), std::string::npos) << foreign;
    EXPECT_NE(nonsense.find("no.such.name.invalid"), std::string::npos) << nonsense;
}

TEST_F(listener_test, shares_a_port_when_asked_to) {
    const listener first = make({.reuse_port = true});
    const listener second = make({.port = first.port(), .reuse_port = true});

    EXPECT_EQ(second.port(), first.port());
}

TEST_F(listener_test, takes_a_port_again_at_once) {
    std::uint16_t port = 0;
    {
        listener first = make();
        first.start();
        port = first.port();
        const unique_fd client = connect_to(port);
        ASSERT_TRUE(loop_.run_until([&] { return accepted_.size() == 1; }));
        accepted_.clear();
    }

    EXPECT_EQ(complaint({.port = port}), "");
}

TEST_F(listener_test, hands_over_the_backlog_before_it_closes) {
    listener made = make();
    std::vector<unique_fd> clients;
    clients.reserve(100);
    for (int i = 0; i < 100; ++i) clients.push_back(connect_to(made.port()));
    made.start();

    made.stop();

    EXPECT_EQ(accepted_.size(), 100U);
    EXPECT_THROW(connect_to(made.port()), std::system_error);
    made.stop();
    loop_.settle();
}

TEST_F(listener_test, pauses_without_descriptors_and_never_spins) {
    listener made = make();
    made.start();
    loop_.settle();
    const unique_fd client = connect_to(made.port());
    {
        const no_more_descriptors lack;
        ASSERT_TRUE(loop_.run_until([&] { return made.stats().pauses.value() == 2; }));
        std::size_t handlers = 0;
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(250);
        while (std::chrono::steady_clock::now() < until) {
            loop_.context().restart();
            handlers += loop_.context().run_one_for(std::chrono::milliseconds(50));
        }
        EXPECT_LE(handlers, 8U);
        EXPECT_TRUE(accepted_.empty());
    }

    ASSERT_TRUE(loop_.run_until([&] { return accepted_.size() == 1; }));
    EXPECT_LE(made.stats().pauses.value(), 6U);
}

TEST_F(listener_test, may_be_stopped_by_whom_it_hands_a_socket_to) {
    std::size_t accepted = 0;
    listener* made = nullptr;
    listener stopping(loop_.context(), {}, [&](accepted_socket) {
        ++accepted;
        made->stop();
    });
    made = &stopping;
    const unique_fd first = connect_to(made->port());
    const unique_fd second = connect_to(made->port());

    made->start();

    EXPECT_TRUE(loop_.run_until([&] { return accepted == 2; }));
    loop_.settle();
    EXPECT_EQ(accepted, 2U);
}

}  // namespace

}  // namespace fanwire::test
