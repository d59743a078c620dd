# Sourced by every script: the root of the checkout, the project's own tools first in the path, and
# the words the scripts speak with.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Tools that are newer than the system's live in .tools/, which setup fills.
PATH="$root/.tools/go/bin:$PATH"

jobs=${KS_JOBS:-$(nproc)}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Configures a preset once, then builds the targets: build PRESET FOLDER [cmake arguments] -- TARGET...
build() {
  local preset=$1 folder=$2 options=() targets=()
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  if [ $# -gt 0 ]; then shift; fi
  for target in "$@"; do targets+=(--target "$target"); done
  mkdir -p build
  # A folder configured elsewhere (a copied checkout) cannot be used.
  if [ -f "$folder/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder"
  fi
  if [ ! -f "$folder/build.ninja" ] || [ ${#options[@]} -gt 0 ]; then
    cmake --preset "$preset" -B "$folder" "${options[@]}" >"$folder.configure.log" 2>&1 || {
      cat "$folder.configure.log" >&2
      return 1
    }
  fi
  cmake --build "$folder" -j "$jobs" "${targets[@]}"
}
