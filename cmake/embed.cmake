# cmake -DOUTPUT=<file.cpp> -DFILES=<a|b|c> -P embed.cmake
#
# Writes a C++ source that holds the files, byte by byte, behind fanwire::embedded_files().
cmake_minimum_required(VERSION 3.25)

set(types
    "html=text/html@ charset=utf-8"
    "js=text/javascript@ charset=utf-8"
    "css=text/css@ charset=utf-8"
    "svg=image/svg+xml"
    "png=image/png"
    "ico=image/x-icon"
    "json=application/json")

# Where a file is found by a browser: console/demo/index.html is /demo, all else of the demo lies beneath it.
function(path_of file out)
    get_filename_component(name ${file} NAME)
    if(file MATCHES "/console/demo/[^/]+$" OR file MATCHES "/node/client/[^/]+$")
        set(path /demo/${name})
    else()
        set(path /console/${name})
    endif()
    string(REGEX REPLACE "/index\\.html$" "" path ${path})
    set(${out} ${path} PARENT_SCOPE)
endfunction()

function(type_of file out)
    get_filename_component(extension ${file} LAST_EXT)
    string(SUBSTRING "${extension}" 1 -1 extension)
    set(found application/octet-stream)
    foreach(pair IN LISTS types)
        if(pair MATCHES "^${extension}=(.*)$")
            string(REPLACE "@" ";" found "${CMAKE_MATCH_1}")
        endif()
    endforeach()
    set(${out} "${found}" PARENT_SCOPE)
endfunction()

string(REPLACE "|" ";" files "${FILES}")
set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS files)
    path_of(${file} path)
    type_of(${file} type)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n   " bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" " '\\\\x\\1'," bytes "${bytes}")
    # The closing zero keeps an empty file a legal array.
    string(APPEND arrays "constexpr char file_${count}[] = {\n   ${bytes} '\\0'};\n\n")
    string(APPEND entries "    {\"${path}\", \"${type}\", {file_${count}, sizeof(file_${count}) - 1}},\n")
    math(EXPR count "${count} + 1")
endforeach()

set(table "    return {};\n")
if(count GREATER 0)
    set(table "    return files;\n")
    string(APPEND arrays "constexpr embedded_file files[] = {\n${entries}};\n\n")
endif()
file(WRITE ${OUTPUT} "#include \"server/embedded_files.hpp\"\n\nnamespace fanwire {\nnamespace {\n\n${arrays}}  // namespace\n\n"
     "std::span<const embedded_file> embedded_files() noexcept {\n${table}}\n\n}  // namespace fanwire\n")
