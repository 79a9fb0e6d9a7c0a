# fanwire_warnings: linked privately by everything that is ours, by nothing that is not.
add_library(fanwire_warnings INTERFACE)
target_compile_options(
    fanwire_warnings
    INTERFACE -Wall
              -Wextra
              -Wpedantic
              -Wshadow
              -Wconversion
              -Wnon-virtual-dtor
              -Wold-style-cast
              -Woverloaded-virtual
              -Wextra-semi
              -Wswitch
              -Wimplicit-fallthrough
              -Wvla)
if(FANWIRE_WERROR)
    target_compile_options(fanwire_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC 12 sees overlaps in std::string that are not there (GCC bug 105651).
    target_compile_options(fanwire_warnings INTERFACE -Wno-restrict)
    if(FANWIRE_SANITIZE)
        # Instrumentation hides initialisations from these two.
        target_compile_options(fanwire_warnings INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
    endif()
endif()
