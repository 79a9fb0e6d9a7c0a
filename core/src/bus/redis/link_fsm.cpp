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
    : connect_timeout_(settings.connect_timeout),
      command_timeout_(settings.command_timeout),
      random_(std::move(random)),
      next_delay_(first_delay) {
    const redis_target& target = settings.target;
    const auto add = [this](std::initializer_list<std::string_view> words) {
        write_command(greeting_, words);
        ++greeting_replies_;
    };
    if (!target.user.empty()) {
        add({"AUTH", target.user, target.password});
    } else if (!target.password.empty()) {
        add({"AUTH", target.password});
    }
    if (target.database != 0) add({"SELECT", std::to_string(target.database)});
    add({"CLIENT", "SETNAME", "fanwire-" + settings.instance + "-" + std::string(role)});
}

link_action link_fsm::resume(std::error_code result, time_point now) {
    switch (state_) {
        case state::new_link:
        case state::waiting:
            state_ = state::connecting;
            return {link_step::connect, connect_timeout_};
        case state::connecting:
            if (result) return back_off();
            state_ = state::greeting;
            return {link_step::greet, command_timeout_};
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
