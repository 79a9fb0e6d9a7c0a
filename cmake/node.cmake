# The Node.js addon, build/<preset>/node/fanwire.node. Its headers are npm packages: nothing of the system's Node is
# included, whose folder carries OpenSSL headers of its own.
file(GLOB node_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bindings/node/*.cpp)
if(FANWIRE_NODE STREQUAL "OFF" OR NOT node_sources)
    return()
endif()

set(FANWIRE_NODE_MODULES ${PROJECT_SOURCE_DIR}/node_modules CACHE PATH "Where node-api-headers and node-addon-api are")
set(node_includes ${FANWIRE_NODE_MODULES}/node-api-headers/include ${FANWIRE_NODE_MODULES}/node-addon-api)
foreach(folder IN LISTS node_includes)
    if(NOT EXISTS ${folder})
        if(FANWIRE_NODE STREQUAL "AUTO")
            message(STATUS "The Node.js addon is left out: ${folder} is not there (npm ci brings it)")
            return()
        endif()
        message(FATAL_ERROR "The Node.js addon needs ${folder}: run npm ci")
    endif()
endforeach()

add_library(fanwire_node MODULE ${node_sources})
target_include_directories(fanwire_node SYSTEM PRIVATE ${node_includes})
target_compile_definitions(fanwire_node PRIVATE NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS
                                                NODE_ADDON_API_CPP_EXCEPTIONS_ALL BUILDING_NODE_EXTENSION)
target_link_libraries(fanwire_node PRIVATE fanwire_warnings fanwire)
target_link_options(fanwire_node PRIVATE -Wl,--exclude-libs,ALL
                    -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
set_target_properties(
    fanwire_node
    PROPERTIES PREFIX ""
               OUTPUT_NAME fanwire
               SUFFIX .node
               LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/node)

# The package around it, node/dist: the same for every preset.
find_program(NODE_EXECUTABLE node)
set(typescript ${FANWIRE_NODE_MODULES}/typescript/bin/tsc)
if(NODE_EXECUTABLE AND EXISTS ${typescript})
    file(GLOB package_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/node/src/*.ts)
    set(stamp ${PROJECT_BINARY_DIR}/node/typescript.stamp)
    add_custom_command(
        OUTPUT ${stamp}
        COMMAND ${NODE_EXECUTABLE} ${typescript} -p ${PROJECT_SOURCE_DIR}/tsconfig.json
        COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
        DEPENDS ${package_sources} ${PROJECT_SOURCE_DIR}/tsconfig.json ${typescript}
        COMMENT "Compiling the Node.js package"
        VERBATIM)
    add_custom_target(fanwire_node_package ALL DEPENDS ${stamp})
endif()
