# embed_files(<target> <name> <file>...) compiles files into a library as
#   namespace callarchive::embedded { std::span<const File> <name>(); }
# declared in the generated header "embedded/<name>.h".
function(embed_files target name)
  set(header ${PROJECT_BINARY_DIR}/generated/embedded/${name}.h)
  set(source ${PROJECT_BINARY_DIR}/generated/embedded/${name}.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake)
  add_custom_command(
    OUTPUT ${header} ${source}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DHEADER=${header} -DSOURCE=${source}
            "-DFILES=${ARGN}" -P ${script}
    DEPENDS ${ARGN} ${script}
    COMMENT "Embedding ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${source} ${header})
endfunction()
