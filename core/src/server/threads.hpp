#pragma once

#include <functional>
#include <thread>

namespace fanwire {

/// Starts a thread that leaves all signals to the threads of the host. `name` has at most 15 characters.
[[nodiscard]] std::thread start_thread(const char* name, std::function<void()> body);

}  // namespace fanwire
