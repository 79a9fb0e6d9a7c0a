#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace fanwire {

/// A function to call once, which may own things that cannot be copied.
class task {
public:
    task() = default;

    template <class Function>
        requires(!std::same_as<std::remove_cvref_t<Function>, task> && std::invocable<Function&>)
    task(Function&& function)  // NOLINT(google-explicit-constructor): stands where a lambda is written
        : held_(std::make_unique<holder<std::decay_t<Function>>>(std::forward<Function>(function))) {}

    void operator()() { held_->call(); }
    [[nodiscard]] explicit operator bool() const noexcept { return held_ != nullptr; }

private:
    struct base {
        base() = default;
        base(const base&) = delete;
        base& operator=(const base&) = delete;
        virtual ~base() = default;
        virtual void call() = 0;
    };
    template <class Function>
    struct holder final : base {
        explicit holder(Function&& function) : function_(std::move(function)) {}
        explicit holder(const Function& function) : function_(function) {}
        void call() override { function_(); }
        Function function_;
    };

    std::unique_ptr<base> held_;
};

}  // namespace fanwire
