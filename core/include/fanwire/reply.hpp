#pragma once

#include <functional>
#include <utility>

namespace fanwire {

/// The host's one answer to a hook's request. The first answer counts, later ones are ignored; a reply that
/// is destroyed unanswered answers with nothing, which denies.
///
/// Thread safety: Distinct objects: safe. Shared objects: unsafe. May be answered from any thread, and after
/// the server has stopped.
template <class Decision>
class reply {
public:
    /// How an answer gets back; told null if the reply was dropped. Called once, from the thread that
    /// answers.
    using deliver = std::function<void(Decision*)>;

    reply() = default;
    explicit reply(deliver to) : to_(std::move(to)) {}
    reply(reply&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
    reply& operator=(reply&& other) noexcept {
        if (this != &other) {
            abandon();
            to_ = std::exchange(other.to_, nullptr);
        }
        return *this;
    }
    reply(const reply&) = delete;
    reply& operator=(const reply&) = delete;
    ~reply() { abandon(); }

    /// Answers.
    void operator()(Decision decision) {
        if (auto to = std::exchange(to_, nullptr)) to(&decision);
    }

    /// Whether an answer is still awaited.
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(to_); }

private:
    void abandon() {
        if (auto to = std::exchange(to_, nullptr)) to(nullptr);
    }

    deliver to_;
};

}  // namespace fanwire
