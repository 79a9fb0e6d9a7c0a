# fanwire_library(<folder> [DEPENDS <target>...] [EXTERNAL <target>...] [SOURCES <file>...])
#
# The static library fanwire_<folder> ('/' becomes '_') of core/src/<folder>/*.cpp. DEPENDS are our own libraries, seen
# by users of this one too; EXTERNAL are other people's, seen by this folder only. A folder without a .cpp is headers.
function(fanwire_library folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;EXTERNAL;SOURCES")
    string(REPLACE "/" "_" name fanwire_${folder})
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/src/${folder}/*.cpp)
    list(APPEND sources ${arg_SOURCES})
    if(sources)
        add_library(${name} STATIC ${sources})
        target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/core/src)
        target_link_libraries(
            ${name}
            PUBLIC ${arg_DEPENDS}
            PRIVATE fanwire_warnings ${arg_EXTERNAL})
    else()
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR}/core/src)
        target_link_libraries(${name} INTERFACE ${arg_DEPENDS} ${arg_EXTERNAL})
    endif()
endfunction()

# fanwire_program(<name> SOURCES <file>... LIBRARIES <target>...)
function(fanwire_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE fanwire_warnings ${arg_LIBRARIES})
endfunction()

# fanwire_test(<name> LABEL <ctest label> SOURCES <file>... LIBRARIES <target>...)
#
# A GoogleTest program, run as a whole: a process a test would cost minutes under the sanitizers.
function(fanwire_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "SOURCES;LIBRARIES")
    fanwire_program(${name} SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES} fanwire_test_support)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 600)
endfunction()
