# ks_embed_sql(target): src/sql/queries/*.sql become sql/statements.hpp in the build tree, see
# embed_sql.py.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(ks_embed_sql target)
  file(GLOB queries CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/sql/queries/*.sql)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/sql/migrations/*/sqlite.sql)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated/sql)
  # The header is only rewritten when it changes; the stamp tells that the work was done.
  add_custom_command(
    OUTPUT ${out}/statements.stamp
    BYPRODUCTS ${out}/statements.cpp ${out}/statements.hpp
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.py --out ${out}
            ${queries} --migrations ${migrations}
    COMMAND ${CMAKE_COMMAND} -E touch ${out}/statements.stamp
    DEPENDS ${queries} ${migrations} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.py
    VERBATIM)
  add_custom_target(${target}_statements DEPENDS ${out}/statements.stamp)
  set_source_files_properties(${out}/statements.cpp ${out}/statements.hpp PROPERTIES GENERATED ON)
  target_sources(${target} PRIVATE ${out}/statements.cpp)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/generated)
  add_dependencies(${target} ${target}_statements)
endfunction()
