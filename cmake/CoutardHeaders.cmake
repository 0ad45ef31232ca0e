# coutard_header_library(package target probe [OPTIONAL] [find_package arguments])
#   a library of headers alone: from its package, else from COUTARD_CARRIED_HEADERS
set(COUTARD_CARRIED_HEADERS "" CACHE PATH
    "Folder with headers for a machine without their packages: Eigen/, nlohmann/, CLI/")

function(coutard_header_library package target probe)
    cmake_parse_arguments(arg "OPTIONAL" "" "" ${ARGN})
    find_package(${package} QUIET ${arg_UNPARSED_ARGUMENTS})
    if(TARGET ${target})
        return()
    endif()
    if(COUTARD_CARRIED_HEADERS AND EXISTS ${COUTARD_CARRIED_HEADERS}/${probe})
        add_library(${target} INTERFACE IMPORTED GLOBAL)
        target_include_directories(${target} SYSTEM INTERFACE ${COUTARD_CARRIED_HEADERS})
        message(STATUS "Coutard: ${package} from ${COUTARD_CARRIED_HEADERS}")
    elseif(NOT arg_OPTIONAL)
        message(FATAL_ERROR "${package} was not found: install it or set COUTARD_CARRIED_HEADERS to a folder with ${probe}")
    endif()
endfunction()
