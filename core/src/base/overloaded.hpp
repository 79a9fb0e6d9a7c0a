#pragma once

namespace fanwire {

/// Joins lambdas into one visitor for `std::visit`.
template <class... Functions>
struct overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

}  // namespace fanwire
