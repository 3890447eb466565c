# What our own targets are compiled with; third parties are not.
add_library(callarchive_flags INTERFACE)
target_compile_options(callarchive_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CALLARCHIVE_WERROR)
  target_compile_options(callarchive_flags INTERFACE -Werror)
endif()
target_include_directories(callarchive_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)

# Sanitizers and fuzzing must see every translation unit of ours, so they go to the whole directory.
if(SANITIZERS)
  add_compile_options(-fsanitize=${SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SANITIZERS})
  # GCC 12 sees uninitialised members in its own <regex> when it instruments it: https://gcc.gnu.org/PR105562
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(CALLARCHIVE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "CALLARCHIVE_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
