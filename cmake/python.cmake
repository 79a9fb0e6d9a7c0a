# The Python module fanwire._native, laid out with the package so that PYTHONPATH=build/<preset>/python works.
file(GLOB python_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bindings/python/*.cpp)
if(FANWIRE_PYTHON STREQUAL "OFF" OR NOT python_sources)
    return()
endif()

if(NOT DEFINED Python_EXECUTABLE AND EXISTS ${PROJECT_SOURCE_DIR}/build/venv/bin/python)
    set(Python_EXECUTABLE ${PROJECT_SOURCE_DIR}/build/venv/bin/python)
endif()
find_package(Python 3.11 COMPONENTS Interpreter Development.Module)
if(Python_FOUND AND NOT DEFINED pybind11_DIR)
    execute_process(
        COMMAND ${Python_EXECUTABLE} -m pybind11 --cmakedir
        OUTPUT_VARIABLE pybind11_from_pip
        OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
find_package(pybind11 2.10 CONFIG HINTS ${pybind11_from_pip})
if(NOT Python_FOUND OR NOT pybind11_FOUND)
    if(FANWIRE_PYTHON STREQUAL "AUTO")
        message(STATUS "The Python module is left out: Python >= 3.11 with headers and pybind11 are needed")
        return()
    endif()
    message(FATAL_ERROR "The Python module needs Python >= 3.11 with its headers, and pybind11")
endif()

set(python_dir ${PROJECT_BINARY_DIR}/python)
# LTO is pybind11's default and not ours.
pybind11_add_module(fanwire_python MODULE NO_EXTRAS ${python_sources})
target_link_libraries(fanwire_python PRIVATE fanwire_warnings fanwire)
target_link_options(fanwire_python PRIVATE -Wl,--exclude-libs,ALL
                    -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
set_target_properties(fanwire_python PROPERTIES OUTPUT_NAME _native LIBRARY_OUTPUT_DIRECTORY ${python_dir}/fanwire)
install(TARGETS fanwire_python LIBRARY DESTINATION fanwire)

# Links, not copies: an edited file is the one that runs.
file(GLOB_RECURSE stale_links LIST_DIRECTORIES false ${python_dir}/fanwire/*.py ${python_dir}/fanwire/*.pyi)
if(stale_links)
    file(REMOVE ${stale_links})
endif()
file(GLOB_RECURSE package_files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/python
     ${PROJECT_SOURCE_DIR}/python/fanwire/*.py ${PROJECT_SOURCE_DIR}/python/fanwire/*.pyi
     ${PROJECT_SOURCE_DIR}/python/fanwire/py.typed)
foreach(file IN LISTS package_files)
    get_filename_component(folder ${python_dir}/${file} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/python/${file} ${python_dir}/${file} SYMBOLIC)
endforeach()
