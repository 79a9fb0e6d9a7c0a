#include "hooks.hpp"

#include "convert.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace fanwire::node {
namespace {

constexpr std::size_t max_batch = 256;
/// Log lines that may wait while JavaScript is busy.
constexpr std::size_t max_lines = 1'000;

/// Calls into JavaScript. What that throws is the process' uncaught exception.
void call(napi_env env, const Napi::FunctionReference& function, const arguments& flat) {
    // A value is missing when the environment is ending: then there is nobody to call.
    if (function.IsEmpty() || std::ranges::find(flat, nullptr) != flat.end()) return;
    const auto status =
        napi_call_function(env, undefined(env), function.Value(), flat.size(), flat.data(), nullptr);
    napi_value thrown = nullptr;
    if (status == napi_pending_exception && napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
        napi_fatal_exception(env, thrown);
    }
}

template <class Item>
std::vector<Item> take_front(std::deque<Item>& from) {
    const auto end = from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), max_batch));
    std::vector<Item> taken(std::make_move_iterator(from.begin()), std::make_move_iterator(end));
    from.erase(from.begin(), end);
    return taken;
}

}  // namespace

void bridge::open(const std::shared_ptr<bridge>& self, Napi::Env env, const Napi::Object& receiver) {
    const auto function = [&](const char* name) {
        return Napi::Persistent(receiver.Get(name).As<Napi::Function>());
    };
    self->on_calls_ = function("calls");
    self->on_outcomes_ = function("outcomes");
    self->on_lines_ = function("lines");
    self->codes_ = Napi::Persistent(Napi::Uint8Array::New(env, max_batch));

    // Node calls with this context until it has finalised the function, which may be after the server's end.
    auto context = std::make_unique<std::shared_ptr<bridge>>(self);
    const auto finalize = [](napi_env, void* data, void*) {
        delete static_cast<std::shared_ptr<bridge>*>(data);
    };
    NAPI_THROW_IF_FAILED_VOID(
        env, napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "fanwire"), 0, 1,
                                             context.get(), finalize, context.get(), &bridge::on_wake,
                                             &self->wake_up_));
    context.release();
    napi_unref_threadsafe_function(env, self->wake_up_);
    const std::lock_guard lock(self->mutex_);
    self->is_open_ = true;
}

void bridge::close(Napi::Env env) {
    shut();
    while (!calls_.empty() || !outcomes_.empty() || !lines_.empty()) deliver(env);
    if (auto* const function = std::exchange(wake_up_, nullptr)) {
        napi_release_threadsafe_function(function, napi_tsfn_release);
    }
    let_go();
}

void bridge::abandon() {
    shut();
    wake_up_ = nullptr;
    let_go();
}

void bridge::shut() {
    std::deque<hook_call> dropped;  // outside the lock: a reply that is dropped tells the server
    const std::lock_guard lock(mutex_);
    is_open_ = false;
    dropped.swap(calls_);
    const auto keep = std::ranges::stable_partition(
        dropped, [](const hook_call& call) { return !std::holds_alternative<notice_call>(call); });
    calls_.assign(std::make_move_iterator(keep.begin()), std::make_move_iterator(keep.end()));
}

void bridge::let_go() {
    on_calls_.Reset();
    on_outcomes_.Reset();
    on_lines_.Reset();
    codes_.Reset();
    asked_.clear();
}

void bridge::ref(Napi::Env env) {
    if (wake_up_ != nullptr) napi_ref_threadsafe_function(env, wake_up_);
}

void bridge::unref(Napi::Env env) {
    if (wake_up_ != nullptr) napi_unref_threadsafe_function(env, wake_up_);
}

void bridge::submit(hook_batch&& calls) {
    const std::lock_guard lock(mutex_);
    if (!is_open_) return;
    calls_.insert(calls_.end(), std::make_move_iterator(calls.begin()), std::make_move_iterator(calls.end()));
    wake();
}

void bridge::settle(outcome ended) {
    const std::lock_guard lock(mutex_);
    if (!is_open_) return;
    outcomes_.push_back(std::move(ended));
    wake();
}

void bridge::write(log_level level, std::string_view line) {
    if (level < least_) return;
    const std::lock_guard lock(mutex_);
    if (!is_open_) return;
    if (lines_.size() < max_lines) {
        lines_.push_back({level, std::string{line}});
    } else {
        ++lines_lost_;
    }
    wake();
}

/// Under the lock, so that nobody calls a function that `close` has released.
void bridge::wake() {
    if (std::exchange(is_woken_, true)) return;
    napi_call_threadsafe_function(wake_up_, nullptr, napi_tsfn_nonblocking);
}

void bridge::on_wake(napi_env env, napi_value, void* context, void*) {
    if (env == nullptr) return;  // the environment is ending
    const auto self = *static_cast<std::shared_ptr<bridge>*>(context);
    self->deliver(env);
}

bridge::batch bridge::take() {
    batch taken;
    const std::lock_guard lock(mutex_);
    taken.calls = take_front(calls_);
    taken.outcomes = take_front(outcomes_);
    taken.lines = std::exchange(lines_, {});
    taken.lines_lost = std::exchange(lines_lost_, 0);
    taken.is_all = calls_.empty() && outcomes_.empty();
    is_woken_ = false;
    return taken;
}

void bridge::deliver(napi_env env) {
    batch given = take();
    forget_old();
    if (!given.calls.empty()) ask(env, given.calls);
    if (!given.outcomes.empty()) tell_outcomes(env, given.outcomes);
    if (!given.lines.empty()) tell_lines(env, given);
    if (given.is_all) return;
    // One batch a turn: promises run in between.
    const std::lock_guard lock(mutex_);
    if (is_open_) wake();
}

void bridge::ask(napi_env env, std::vector<hook_call>& calls) {
    if (codes_.IsEmpty()) return;
    const std::uint64_t first = std::exchange(next_id_, next_id_ + calls.size());
    Napi::Uint8Array codes = codes_.Value();
    std::fill_n(codes.Data(), calls.size(), std::uint8_t{0});
    arguments flat{codes, number_to_js(env, static_cast<double>(first))};
    for (const hook_call& one : calls) append(env, one, flat);

    asked_.begin(calls, first);
    call(env, on_calls_, flat);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const auto code = static_cast<answer_code>(codes.Data()[i]);
        if (code != answer_code::later) give(calls[i], code);
    }
    asked_.end();
}

void bridge::tell_outcomes(napi_env env, const std::vector<outcome>& outcomes) {
    arguments flat;
    for (const outcome& ended : outcomes) {
        const bool is_error = !ended.error.empty();
        flat.push_back(number_to_js(env, ended.id));
        flat.push_back(is_error ? text_to_js(env, ended.error) : undefined(env));
        flat.push_back(is_error ? text_to_js(env, ended.sentence) : number_to_js(env, ended.value));
    }
    call(env, on_outcomes_, flat);
}

void bridge::tell_lines(napi_env env, const batch& given) {
    arguments flat{number_to_js(env, static_cast<double>(given.lines_lost))};
    for (const log_line& line : given.lines) {
        flat.push_back(number_to_js(env, static_cast<double>(line.level)));
        flat.push_back(text_to_js(env, line.text));
    }
    call(env, on_lines_, flat);
}

/// Once every `memory`: forgets what was asked before the last time, so a request lives for one to two of
/// them.
void bridge::forget_old() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_forget_) return;
    next_forget_ = now + memory_;
    asked_.forget(oldest_);
    oldest_ = next_id_;
}

void bridge::answer(const Napi::CallbackInfo& info) {
    const auto id = static_cast<std::uint64_t>(info[0].As<Napi::Number>().Int64Value());
    const auto code = static_cast<answer_code>(info[1].As<Napi::Number>().Uint32Value());
    if (auto* const call = asked_.find(id)) {
        give(*call, code, info);
        asked_.erase(id);
    }
}

}  // namespace fanwire::node
