# The page that is served at "/": built by Node from web/ and compiled into the library callarchive_page.
option(CALLARCHIVE_WEB "Build the page into the program (needs Node and npm)" ON)

# embed_page(<target>) gives a library embedded::page(): index.html, the files it names, and a .gz twin of each.
function(embed_page target)
  if(NOT CALLARCHIVE_WEB)
    embed_files(${target} page ${PROJECT_SOURCE_DIR}/web/without/index.html)
    return()
  endif()
  find_program(NPM npm)
  find_program(NODE NAMES node nodejs)
  if(NOT NPM OR NOT NODE)
    message(FATAL_ERROR "The page needs Node and npm: install them (scripts/install-dependencies), or configure with "
      "-DCALLARCHIVE_WEB=OFF for a program without the page")
  endif()
  set(web ${PROJECT_SOURCE_DIR}/web)
  set(installed ${web}/node_modules/.package-lock.json)
  set(dist ${PROJECT_BINARY_DIR}/web)
  set(header ${PROJECT_BINARY_DIR}/generated/embedded/page.h)
  set(source ${PROJECT_BINARY_DIR}/generated/embedded/page.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_folder_script.cmake)
  file(GLOB sources CONFIGURE_DEPENDS ${web}/src/*)
  add_custom_command(
    OUTPUT ${installed}
    COMMAND ${NPM} ci --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${installed}
    DEPENDS ${web}/package.json ${web}/package-lock.json
    WORKING_DIRECTORY ${web}
    COMMENT "Fetching what the page is built with"
    VERBATIM)
  # The names carry hashes, so which files there are is known only after the build.
  add_custom_command(
    OUTPUT ${header} ${source}
    COMMAND ${NODE} ${web}/build.mjs ${dist}
    COMMAND ${CMAKE_COMMAND} -DNAME=page -DHEADER=${header} -DSOURCE=${source} -DFOLDER=${dist} -P ${script}
    DEPENDS ${installed} ${sources} ${web}/build.mjs ${script} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    COMMENT "Building the page"
    VERBATIM)
  target_sources(${target} PRIVATE ${source} ${header})
endfunction()

add_library(callarchive_page STATIC ${PROJECT_SOURCE_DIR}/server/page.cpp)
target_link_libraries(callarchive_page PUBLIC callarchive_http PRIVATE callarchive_flags)
embed_page(callarchive_page)
