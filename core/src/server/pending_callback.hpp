#pragma once

#include <fanwire/error.hpp>

#include <functional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace fanwire {

/// A host's callback that is told exactly once: `not_running` if nobody told it anything before it is
/// destroyed.
template <class Result>
class pending_callback {
public:
    using function = std::function<void(std::error_code, Result)>;

    explicit pending_callback(function told) : told_(std::move(told)) {}
    pending_callback(pending_callback&& other) noexcept : told_(std::exchange(other.told_, nullptr)) {}
    pending_callback& operator=(pending_callback&&) = delete;
    ~pending_callback() {
        if (told_) told_(make_error_code(errc::not_running), std::remove_cvref_t<Result>{});
    }

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(told_); }

    void operator()(std::error_code failed, Result result) {
        if (auto told = std::exchange(told_, nullptr)) told(failed, result);
    }

private:
    function told_;
};

template <class Result>
pending_callback(std::function<void(std::error_code, Result)>) -> pending_callback<Result>;

}  // namespace fanwire
