// Many WebSocket clients in one process, and what they cost the server. README.md says how it measures.

#include "client_pool.hpp"
#include "fanout.hpp"
#include "meters.hpp"
#include "options.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace {

using namespace fanwire::bench;

void print_common(const options& o) {
    std::printf(R"({"workload":"%s","protocol":"%s","rooms":%zu,"members":%zu,"payload_bytes":%zu,)",
                o.workload.c_str(), o.protocol.c_str(), o.rooms, o.members, o.payload_bytes);
}

/// Messages for each CPU-second of each server's named thread, in the order of the servers.
void print_threads(const fanout_result& r) {
    if (r.thread_cpu_seconds.empty()) return;
    std::printf(R"("messages_per_thread_cpu_s":)");
    char before = '[';
    for (const double taken : r.thread_cpu_seconds) {
        std::printf("%c%.0f", before, static_cast<double>(r.messages) / taken);
        before = ',';
    }
    std::printf("],");
}

void print_fanout(const options& o, const fanout_result& r) {
    const auto deliveries = static_cast<double>(r.deliveries);
    print_common(o);
    if (o.rate > 0) {
        std::printf(R"("rate":%.0f,)", o.rate);
    } else {
        std::printf(R"("outstanding":%zu,)", o.outstanding);
    }
    std::printf(R"("seconds":%.3f,"messages":%ju,"deliveries":%ju,"deliveries_per_s":%.0f,)", r.seconds,
                static_cast<std::uintmax_t>(r.messages), static_cast<std::uintmax_t>(r.deliveries),
                deliveries / r.seconds);
    if (!o.server_pids.empty()) {
        std::printf(R"("server_cpu_s":%.3f,"server_busy":%.3f,"deliveries_per_cpu_s":%.0f,)",
                    r.server_cpu_seconds, r.server_cpu_seconds / r.seconds,
                    deliveries / r.server_cpu_seconds);
    }
    print_threads(r);
    std::printf(R"("deliveries_per_read":%.1f,"generator_busy":%.3f,"p50_us":%.1f,"p99_us":%.1f,"errors":0})"
                "\n",
                r.deliveries_per_read, r.generator_busy, static_cast<double>(r.p50) / 1e3,
                static_cast<double>(r.p99) / 1e3);
}

/// Lets time pass for both sides: the server frees what it needed for the handshakes only.
void settle(client_pool& pool) {
    constexpr nanoseconds pause = 1'000'000'000;
    const nanoseconds end = now() + pause;
    while (now() < end) pool.poll(10'000'000);
}

/// Memory is read after the first tenth of the connections and after the last, so that what the server needs
/// once is left out.
void run_idle(const options& o, client_pool& pool) {
    if (o.server_pids.empty()) throw std::invalid_argument("--workload idle needs --server-pid");
    const std::size_t all = o.rooms * o.members;
    const std::size_t first = (all + 9) / 10;
    pool.open_up_to(first);
    settle(pool);
    const auto before = resident_bytes(o.server_pids);
    pool.open_up_to(all);
    settle(pool);
    const auto after = resident_bytes(o.server_pids);
    const auto cpu_before = cpu_time(o.server_pids);
    settle(pool);
    const auto cpu = cpu_time(o.server_pids) - cpu_before;
    print_common(o);
    std::printf(R"("connections":%zu,"rss_before_bytes":%jd,"rss_after_bytes":%jd,)", all,
                static_cast<std::intmax_t>(before), static_cast<std::intmax_t>(after));
    std::printf(R"("bytes_per_connection":%.0f,"idle_cpu":%.4f,"errors":0})"
                "\n",
                static_cast<double>(after - before) / static_cast<double>(all - first),
                static_cast<double>(cpu) / 1e9);
}

std::string json_text(const std::string& text) {
    std::string quoted;
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted.push_back('\\');
        quoted.push_back(c < ' ' ? ' ' : c);
    }
    return quoted;
}

int run(const options& o) {
    try {
        client_pool pool(o);
        if (o.workload == "idle") {
            run_idle(o, pool);
        } else {
            fanout work(o, pool);
            pool.open_up_to(o.all_clients());
            print_fanout(o, work.run());
        }
        return 0;
    } catch (const std::invalid_argument&) {
        throw;
    } catch (const std::exception& e) {
        print_common(o);
        std::printf(R"("errors":1,"error":"%s"})"
                    "\n",
                    json_text(e.what()).c_str());
        std::fprintf(stderr, "load_generator: %s\n", e.what());
        return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(parse_options(argc, argv));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "load_generator: %s\n%.*s", e.what(), static_cast<int>(usage_text.size()),
                     usage_text.data());
        return 2;
    }
}
