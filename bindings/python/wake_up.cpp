#include "wake_up.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#ifdef __linux__
    #include <sys/eventfd.h>
#endif

namespace fanwire::python {

#ifdef __linux__

wake_up::wake_up() : read_end_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), write_end_(read_end_) {
    if (read_end_ < 0) throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
}

#else

wake_up::wake_up() {
    int ends[2];
    if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
    read_end_ = ends[0];
    write_end_ = ends[1];
    for (const int end : ends) {
        fcntl(end, F_SETFL, O_NONBLOCK);
        fcntl(end, F_SETFD, FD_CLOEXEC);
    }
}

#endif

wake_up::~wake_up() {
    close(read_end_);
    if (write_end_ != read_end_) close(write_end_);
}

void wake_up::raise() noexcept {
    // A full pipe is readable already, which is all that is wanted.
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(write_end_, &one, sizeof one);
}

void wake_up::clear() noexcept {
    std::uint64_t count[32];
    while (read(read_end_, count, sizeof count) == sizeof count) {
    }
}

}  // namespace fanwire::python
