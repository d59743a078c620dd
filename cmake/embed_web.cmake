# ks_embed_web(target): builds web/ and makes it part of a program. What Node leaves is one file that
# the assembler takes as it is, so it costs the compiler nothing.
function(ks_embed_web target)
  set(web ${CMAKE_SOURCE_DIR}/web)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/* ${web}/tools/*)
  # Made by the build itself, out of the others.
  list(FILTER sources EXCLUDE REGEX "/(api/made/.*|routeTree\\.gen\\.ts)$")
  set(out ${CMAKE_CURRENT_BINARY_DIR}/web)
  add_custom_command(
    OUTPUT ${out}/bundle.cpp ${out}/bundle.bin
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/web build ${out}
    DEPENDS ${sources} ${web}/index.html ${web}/package-lock.json ${web}/vite.config.ts
            ${CMAKE_SOURCE_DIR}/api/openapi.yaml ${CMAKE_SOURCE_DIR}/scripts/web
    COMMENT "Building the web pages"
    VERBATIM)
  set_source_files_properties(${out}/bundle.cpp PROPERTIES OBJECT_DEPENDS ${out}/bundle.bin)
  target_sources(${target} PRIVATE ${out}/bundle.cpp)
endfunction()
