#pragma once

#include <fanwire/hooks.hpp>

#include "base/counter.hpp"
#include "base/executor.hpp"
#include "base/log_limiter.hpp"
#include "engine/shard.hpp"
#include "net/connection_set.hpp"
#include "net/http_handler.hpp"
#include "server/codec_factory.hpp"
#include "server/origin.hpp"

#include <memory>
#include <optional>
#include <string>

namespace fanwire {

struct instance_state;

/// Answers the HTTP requests of a shard: files, health, and who may connect.
///
/// Thread safety: all calls on the shard's thread.
class routes final : public http_handler {
public:
    /// A task that `turns` runs ends a turn of the shard.
    routes(std::shared_ptr<instance_state> instance, shard& clients, connection_set& connections,
           const time_source& times, executor& turns);

    void on_request(const http_request& request, http_responder responder) override;
    void on_bad_proxy_header() override;

    /// How many clients said `X-Forwarded-For` without coming from a trusted proxy.
    [[nodiscard]] const counter& forwarded_ignored() const noexcept { return forwarded_ignored_; }

private:
    class seat;
    struct arrival;

    void answer_get(std::string_view path, http_responder& responder);
    void on_upgrade(const http_request& request, http_responder responder);
    [[nodiscard]] std::optional<http_response> refusal(const http_request& request);
    void ask_host(const http_request& request, std::shared_ptr<arrival> arriving);
    void decide(const std::shared_ptr<arrival>& arriving, hook_answer<connect_decision> answer);
    void let_in(const std::shared_ptr<arrival>& arriving, std::optional<std::string> user);
    void end_turn_soon();
    void turn_away(const std::shared_ptr<arrival>& arriving, close_code code, std::string reason);

    std::shared_ptr<instance_state> instance_;
    shard& shard_;
    connection_set& connections_;
    const time_source& times_;
    executor& turns_;
    origin_check origins_;
    log_limiter strangers_;
    log_limiter silent_proxies_;
    counter forwarded_ignored_;
    codec_factory codecs_;
};

}  // namespace fanwire
