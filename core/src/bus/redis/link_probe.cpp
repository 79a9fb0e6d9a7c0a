#include "bus/redis/link_probe.hpp"

namespace fanwire {

link_probe::verdict link_probe::check(time_point now) const noexcept {
    if (!published_at_)
        return !returned_at_ || *returned_at_ + interval_ <= now ? verdict::due : verdict::fine;
    if (now <= *published_at_ + timeout_) return verdict::fine;
    return is_accepted_ ? verdict::subscriber_silent : verdict::redis_silent;
}

void link_probe::on_published(time_point now) noexcept {
    published_at_ = now;
    is_accepted_ = false;
}

bool link_probe::on_returned(std::string_view returned, time_point now) {
    if (!published_at_ || returned != payload()) return false;
    round_trip_ = now - *published_at_;
    published_at_.reset();
    returned_at_ = now;
    is_proved_ = true;
    ++number_;
    return true;
}

void link_probe::on_lost() noexcept {
    published_at_.reset();
    returned_at_.reset();
    is_proved_ = false;
    ++number_;
}

}  // namespace fanwire
