#include "server/threads.hpp"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace fanwire {

std::thread start_thread(const char* name, std::function<void()> body) {
    // A thread inherits the mask of its parent: blocked before it exists, no signal can slip in.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread started(std::move(body));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(started.native_handle(), name);
    return started;
}

}  // namespace fanwire
