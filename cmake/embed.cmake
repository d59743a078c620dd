# Files become constants of the program.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# ks_embed(target NAME symbol-namespace FILES ...): a header <NAME>.hpp in the build tree with one
# std::string_view per file, in namespace ks::embedded::<NAME>, and a table files[].
function(ks_embed target name)
  cmake_parse_arguments(arg "" "BASE" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated/embedded)
  add_custom_command(
    OUTPUT ${out}/${name}.cpp ${out}/${name}.hpp
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_files.py --name ${name}
            --base ${arg_BASE} --out ${out} ${arg_FILES}
    DEPENDS ${arg_FILES} ${CMAKE_SOURCE_DIR}/cmake/embed_files.py
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/${name}.cpp ${out}/${name}.hpp)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
