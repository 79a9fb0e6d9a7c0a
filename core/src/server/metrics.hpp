#pragma once

#include <fanwire/stats.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fanwire {

enum class metric_type : std::uint8_t { counter, gauge };

/// A number that monitoring reads, as it is declared: metrics of one name stand together and differ in their
/// label.
struct metric {
    std::string_view name;
    metric_type type;
    std::string_view help;
    /// Which of them it is, such as `reason="malformed"`; empty if there is one only.
    std::string_view label;
    std::uint64_t stats::* value;
    /// What one of `value` is in the metric's unit: one, or a millionth.
    bool is_in_microseconds = false;
};

[[nodiscard]] std::span<const metric> metric_table();

/// All metrics in Prometheus' text format, version 0.0.4.
[[nodiscard]] std::string metrics_text(const stats& counted);

inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// Whether `setting`, the option `metrics`, shows the metrics to a client. `address` is its own, as
/// `192.0.2.1:5000`; on `loopback` nobody sees them whom a proxy speaks for.
[[nodiscard]] bool shows_metrics(std::string_view setting, std::string_view address, bool is_forwarded);

}  // namespace fanwire
