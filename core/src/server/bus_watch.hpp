#pragma once

#include <fanwire/bus_state.hpp>
#include <fanwire/hooks.hpp>

#include "engine/notice_limit.hpp"
#include "server/instance_state.hpp"

#include <memory>
#include <mutex>

namespace fanwire {

/// Tells the log and the host how the bus stands. The host is told from `begin` on, so that the first it
/// hears is what its clients find.
///
/// Thread safety: May be called from any thread.
class bus_watch {
public:
    bus_watch(std::shared_ptr<instance_state> instance, const host& asked);

    /// The server has started: the host is told the state that is.
    void begin();
    void on_change(bus_state now);

    [[nodiscard]] const notice_limit::counters& counted() const noexcept { return limit_.counted(); }

private:
    void tell();

    std::shared_ptr<instance_state> instance_;
    /// Null if the host does not ask for this hook.
    std::shared_ptr<hook_sink> sink_;
    std::mutex mutex_;
    notice_limit limit_;
    bus_state_notice last_;
    bool has_begun_ = false;
};

}  // namespace fanwire
