# A bare GPU machine has LibTorch inside Python's torch, built perhaps for the old library ABI: found before
# any room, so that everything is compiled alike. Elsewhere the rooms look for their own.
if(COUTARD_BARE)
    if(NOT Torch_DIR)
        execute_process(COMMAND python3 -c "import torch; print(torch.utils.cmake_prefix_path)"
                        OUTPUT_VARIABLE torch_prefix OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
        if(torch_prefix)
            list(APPEND CMAKE_PREFIX_PATH ${torch_prefix})
        endif()
    endif()
    find_package(Torch REQUIRED)
    string(APPEND CMAKE_CXX_FLAGS " ${TORCH_CXX_FLAGS}")
    message(STATUS "Coutard: LibTorch ${Torch_VERSION} of ${Torch_DIR}")
endif()
