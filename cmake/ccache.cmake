# Compiles through ccache when it is there and the caller has not chosen a launcher.
if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(FANWIRE_CCACHE ccache)
    if(FANWIRE_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${FANWIRE_CCACHE})
    endif()
endif()
