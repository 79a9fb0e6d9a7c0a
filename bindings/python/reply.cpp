#include "reply.hpp"

#include "errors.hpp"

#include <pybind11/stl.h>

#include <utility>

namespace py = pybind11;

namespace fanwire::python {

hook_reply::~hook_reply() {
    if (born_.is_crossed()) [[maybe_unused]]
        const auto* leaked = new any_reply(std::move(answer_));
}

const char* hook_reply::hook() const noexcept {
    constexpr const char* names[] = {"on_connect", "on_join", "on_message"};
    return names[answer_.index()];
}

/// Does nothing if this is the reply of another hook.
template <class Decision>
void hook_reply::answer(Decision decision) {
    born_.check();
    if (auto* to = std::get_if<reply<Decision>>(&answer_)) (*to)(std::move(decision));
}

void hook_reply::allow() {
    answer(connect_decision(fanwire::accept{}));
    answer(join_decision(fanwire::allow{}));
    answer(message_decision(fanwire::allow{}));
}

void hook_reply::deny() {
    answer(connect_decision(fanwire::reject{}));
    answer(join_decision(fanwire::refuse{}));
    answer(message_decision(fanwire::refuse{}));
}

void hook_reply::abandon() {
    born_.check();
    [[maybe_unused]] const any_reply dropped = std::exchange(answer_, any_reply{});
}

void hook_reply::accept(std::optional<std::string> user) {
    answer(connect_decision(fanwire::accept{std::move(user)}));
}

void hook_reply::reject(int code, std::string reason) {
    answer(connect_decision(fanwire::reject{static_cast<close_code>(code), std::move(reason)}));
}

void hook_reply::change(std::optional<std::string> user, std::optional<std::string> text,
                        std::optional<std::string> data) {
    answer(message_decision(fanwire::change{{std::move(user), std::move(text), std::move(data)}}));
}

void hook_reply::drop() { answer(message_decision(fanwire::drop{})); }

void hook_reply::refuse(const std::string& code, std::string message) {
    const fanwire::refuse refused{errc_of(code), std::move(message)};
    answer(join_decision(refused));
    answer(message_decision(refused));
}

void bind_reply(py::module_& module) {
    py::class_<hook_reply>(module, "Reply")
        .def_property_readonly("hook", &hook_reply::hook)
        .def("allow", &hook_reply::allow)
        .def("deny", &hook_reply::deny)
        .def("abandon", &hook_reply::abandon)
        .def("accept", &hook_reply::accept)
        .def("reject", &hook_reply::reject)
        .def("change", &hook_reply::change)
        .def("drop", &hook_reply::drop)
        .def("refuse", &hook_reply::refuse);
}

}  // namespace fanwire::python
