# Sourced by every script: the root of the checkout, the project's own tools first in the path, and
# the words the scripts speak with.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# What any checkout of this account can use: Node, and the packages of the web pages.
cache=${XDG_CACHE_HOME:-${HOME:-$root/.tools}/.cache}/k8s-scheduler
# Tools that are newer than the system's, which setup fetches.
PATH="$root/.tools/go/bin:$cache/node/bin:$PATH"

jobs=${KS_JOBS:-$(nproc)}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Configures a preset unless its folder is: configure PRESET FOLDER [cmake arguments]
configure() {
  local preset=$1 folder=$2
  shift 2
  mkdir -p build
  # A folder configured elsewhere (a copied checkout) cannot be used.
  if [ -f "$folder/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder"
  fi
  # A folder of sources that is new is not noticed by the build itself.
  if [ -f "$folder/build.ninja" ] && [ $# -eq 0 ] &&
    [ -z "$(find CMakeLists.txt CMakePresets.json cmake src tests bench \
      \( -name CMakeLists.txt -o -name CMakePresets.json -o -name '*.cmake' \) \
      -newer "$folder/build.ninja" -print -quit 2>/dev/null)" ]; then
    return 0
  fi
  cmake --preset "$preset" -B "$folder" "$@" >"$folder.configure.log" 2>&1 || {
    cat "$folder.configure.log" >&2
    return 1
  }
}

# Configures where needed and builds: build PRESET FOLDER [TARGET...]
build() {
  local preset=$1 folder=$2 targets=() target
  shift 2
  for target in "$@"; do targets+=(--target "$target"); done
  configure "$preset" "$folder" || return 1
  cmake --build "$folder" -j "$jobs" "${targets[@]}"
}
