#include "server/mailbox.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace fanwire {

namespace {

thread_local const mailbox* current_mailbox = nullptr;

}  // namespace

mailbox::mailbox(boost::asio::io_context& context, std::function<void()> after)
    : context_(context),
      after_(std::move(after)) {}

void mailbox::post(task work) {
    // `work` outlives the lock: what it owns may post again when it is destroyed.
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    waiting_.push_back(std::move(work));
    if (waiting_.size() == 1) boost::asio::post(context_, [this] { run(); });
}

bool mailbox::is_current() const noexcept { return current_mailbox == this; }

void mailbox::bind_thread() noexcept { current_mailbox = this; }

void mailbox::run() {
    std::vector<task> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(waiting_);
    }
    for (task& work : taken) work();
    taken.clear();
    after_();
}

void mailbox::close() {
    // Declared before the lock, so that it is destroyed behind it.
    std::vector<task> dropped;
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    dropped.swap(waiting_);
}

}  // namespace fanwire
