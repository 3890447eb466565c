# Run by embed_page: as embed_script.cmake, with all files of FOLDER.
file(GLOB FILES ${FOLDER}/*)
include(${CMAKE_CURRENT_LIST_DIR}/embed_script.cmake)
