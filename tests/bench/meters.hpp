#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace fanwire::bench {

using nanoseconds = std::int64_t;

inline nanoseconds read_clock(clockid_t clock) {
    timespec t{};
    if (clock_gettime(clock, &t) != 0)
        throw std::runtime_error("a clock cannot be read; has the server ended?");
    return t.tv_sec * nanoseconds{1'000'000'000} + t.tv_nsec;
}

inline nanoseconds now() { return read_clock(CLOCK_MONOTONIC); }

inline nanoseconds own_cpu_time() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

/// CPU time of all threads of the processes, also of those that have ended. The kernel counts it in
/// nanoseconds and brings a running thread up to date at each of its ticks, so a window of a second is exact
/// to less than 1 %.
inline nanoseconds cpu_time(std::span<const pid_t> pids) {
    nanoseconds sum = 0;
    for (const pid_t pid : pids) {
        clockid_t clock{};
        if (clock_getcpuclockid(pid, &clock) != 0) throw std::runtime_error("no such --server-pid");
        sum += read_clock(clock);
    }
    return sum;
}

/// CPU time of the thread with this name, which the kernel writes into /proc in nanoseconds. Another process'
/// threads have no clocks.
inline nanoseconds thread_cpu_time(pid_t pid, const std::string& name) {
    const std::filesystem::path threads = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& thread : std::filesystem::directory_iterator(threads)) {
        std::string its_name;
        std::getline(std::ifstream(thread.path() / "comm"), its_name);
        if (its_name != name) continue;
        nanoseconds taken = 0;
        if (std::ifstream(thread.path() / "schedstat") >> taken) return taken;
    }
    throw std::runtime_error("no --thread " + name + " in server " + std::to_string(pid));
}

inline std::vector<nanoseconds> thread_cpu_times(std::span<const pid_t> pids, const std::string& name) {
    std::vector<nanoseconds> taken;
    if (name.empty()) return taken;
    for (const pid_t pid : pids) taken.push_back(thread_cpu_time(pid, name));
    return taken;
}

/// Resident memory of the processes.
inline std::int64_t resident_bytes(std::span<const pid_t> pids) {
    std::int64_t sum = 0;
    for (const pid_t pid : pids) {
        std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
        std::int64_t all_pages = 0;
        std::int64_t resident_pages = 0;
        if (!(statm >> all_pages >> resident_pages)) throw std::runtime_error("no such --server-pid");
        sum += resident_pages * sysconf(_SC_PAGESIZE);
    }
    return sum;
}

/// Counts durations in buckets that are 1/32 of a power of two wide: quantiles are right within 3 %.
class latency_histogram {
public:
    void add(nanoseconds latency) {
        const auto value = static_cast<std::uint64_t>(latency < 0 ? 0 : latency);
        ++counts_[bucket_of(value)];
        ++total_;
    }

    void clear() { *this = {}; }

    [[nodiscard]] nanoseconds quantile(double q) const {
        auto left = static_cast<std::uint64_t>(q * static_cast<double>(total_));
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
            if (left < counts_[bucket]) return static_cast<nanoseconds>(upper_bound_of(bucket));
            left -= counts_[bucket];
        }
        return 0;
    }

private:
    static constexpr unsigned sub_bits = 5;
    static constexpr std::uint64_t sub_count = 1U << sub_bits;

    static std::size_t bucket_of(std::uint64_t value) {
        if (value < sub_count) return value;
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1U - sub_bits;
        return (shift + 1U) * sub_count + (value >> shift) - sub_count;
    }

    static std::uint64_t upper_bound_of(std::size_t bucket) {
        if (bucket < sub_count) return bucket;
        const auto shift = bucket / sub_count - 1U;
        return ((bucket % sub_count + sub_count + 1U) << shift) - 1U;
    }

    std::array<std::uint64_t, (65 - sub_bits) * sub_count> counts_{};
    std::uint64_t total_ = 0;
};

}  // namespace fanwire::bench
