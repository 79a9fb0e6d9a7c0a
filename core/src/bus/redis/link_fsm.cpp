#include "bus/redis/link_fsm.hpp"

#include "base/assert.hpp"
#include "bus/redis/resp_writer.hpp"

#include <algorithm>
#include <utility>

namespace fanwire {

namespace {

constexpr duration first_delay = std::chrono::milliseconds{50};
constexpr duration longest_delay = std::chrono::seconds{2};
// A link that breaks sooner than this was no good: the delays go on growing.
constexpr duration good_service = std::chrono::seconds{2};

}  // namespace

link_fsm::link_fsm(const redis_settings& settings, std::string_view role, std::function<double()> random)
    : settings_(settings),
      role_(role),
      random_(std::move(random)),
      next_delay_(first_delay) {}

const std::string& link_fsm::greeting() {
    greeting_.clear();
    greeting_replies_ = 0;
    const auto add = [this](std::initializer_list<std::string_view> words) {
        write_command(greeting_, words);
        ++greeting_replies_;
    };
    const redis_target& target = settings_.target;
    const std::string password = settings_.read_password ? settings_.read_password() : target.password;
    if (!target.user.empty()) {
        add({"AUTH", target.user, password});
    } else if (!password.empty()) {
        add({"AUTH", password});
    }
    if (target.database != 0) add({"SELECT", std::to_string(target.database)});
    add({"CLIENT", "SETNAME", "fanwire-" + settings_.instance + "-" + role_});
    return greeting_;
}

link_action link_fsm::resume(std::error_code result, time_point now) {
    switch (state_) {
        case state::new_link:
        case state::waiting:
            state_ = state::connecting;
            return {link_step::connect, settings_.connect_timeout};
        case state::connecting:
            if (result) return back_off();
            state_ = state::greeting;
            return {link_step::greet, settings_.command_timeout};
        case state::greeting:
            if (result) return back_off();
            state_ = state::serving;
            served_since_ = now;
            return {link_step::serve, {}};
        case state::serving:
            if (now - served_since_ >= good_service) next_delay_ = first_delay;
            return back_off();
    }
    FANWIRE_ASSERT(false);
}

link_action link_fsm::back_off() {
    state_ = state::waiting;
    const double share = std::clamp(random_(), 0.0, 1.0);
    const auto delay = std::chrono::duration_cast<duration>(next_delay_ * share);
    next_delay_ = std::min(next_delay_ * 2, longest_delay);
    return {link_step::wait, delay};
}

}  // namespace fanwire
