#pragma once

#include <cstdio>
#include <cstdlib>

/// For invariants of our own. Nothing that a peer or host can do may reach a failing one.
#define FANWIRE_ASSERT(condition)                                                                  \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
