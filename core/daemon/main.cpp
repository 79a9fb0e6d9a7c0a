#include <fanwire/option_table.hpp>
#include <fanwire/server.hpp>
#include <fanwire/version.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <thread>

/// fanwired: the core with a command line and nothing else, for profiling, sanitizers and benches.

namespace {

constexpr int exit_cannot_listen = 1;
constexpr int exit_bad_option = 2;

std::string flag_of(std::string_view option) {
    std::string flag = "--" + std::string(option);
    for (char& letter : flag) {
        if (letter == '_') letter = '-';
    }
    return flag;
}

std::string environment_of(std::string_view option) {
    std::string name = "FANWIRE_" + std::string(option);
    for (char& letter : name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return name;
}

void log_line(fanwire::log_level level, std::string_view line) {
    static constexpr const char* names[] = {"debug", "info", "warning", "error"};
    std::fprintf(stderr, "fanwired: %s: %.*s\n", names[static_cast<int>(level)],
                 static_cast<int>(line.size()), line.data());
}

/// Waits for SIGINT or SIGTERM, drains, and cuts the drain short at the second signal.
void serve_until_signal(fanwire::server& server, std::chrono::milliseconds drain, const sigset_t& ending) {
    int received = 0;
    sigwait(&ending, &received);
    std::thread stopper([&] { server.stop(drain); });
    std::thread hurrier([&] {
        int again = 0;
        sigwait(&ending, &again);
        server.stop();
    });
    stopper.join();
    pthread_kill(hurrier.native_handle(), SIGTERM);
    hurrier.join();
}

int serve(const fanwire::options& chosen, const sigset_t& ending) {
    fanwire::server server(chosen);
    try {
        server.start();
    } catch (const std::exception& failed) {
        std::cerr << "fanwired: " << failed.what() << '\n';
        return exit_cannot_listen;
    }
    const std::string url = server.url();
    std::cout << "fanwire: listening on " << url << '\n';
    if (chosen.demo) std::cout << "fanwire: demo at http" << url.substr(2) << "demo\n";
    std::cout.flush();
    serve_until_signal(server, chosen.drain_timeout, ending);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);

    CLI::App app{"A real-time server for WebSocket clients and rooms.", "fanwired"};
    app.set_version_flag("--version", "fanwired " + std::string(fanwire::version));
    std::map<std::string, std::string> texts;
    for (const fanwire::option_info& one : fanwire::option_table()) {
        app.add_option(flag_of(one.name), texts[std::string(one.name)], std::string(one.help))
            ->envname(environment_of(one.name));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& stopped) {
        return app.exit(stopped) == 0 ? 0 : exit_bad_option;
    }
    fanwire::options chosen;
    chosen.demo = true;
    chosen.metrics = "loopback";
    chosen.log = log_line;
    try {
        for (const fanwire::option_info& one : fanwire::option_table()) {
            const std::string& text = texts[std::string(one.name)];
            if (!text.empty()) fanwire::set_option_from_text(chosen, one.name, text);
        }
        return serve(chosen, ending);
    } catch (const std::invalid_argument& wrong) {
        std::cerr << "fanwired: " << wrong.what() << '\n';
        return exit_bad_option;
    }
}
