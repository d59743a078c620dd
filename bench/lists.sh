#!/usr/bin/env bash
# bench/lists.sh: list of 100 deployments of an organization with 10,000 over HTTP, beside its select
# alone, on both engines.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

rounds=3 seconds=3
if [ -n "${LONG:-}" ]; then rounds=7 seconds=10; fi

# list ENGINE NAME: rounds in turns, and the line of their medians.
list() {
  local engine=$1 name=$2 path cookie place port round http select cpu
  launch "$name" "$tools/lists" serve "$engine"
  port=$(port_of "$name")
  { read -r _ && read -r path && read -r cookie && read -r place; } <"$folder/$name.out"
  for round in $(seq "$rounds"); do
    load "$pid" "http://127.0.0.1:$port$path" -c16 -H "Cookie: $cookie"
    # shellcheck disable=SC2086 # three ids
    select=$("$tools/lists" select "$engine" "$seconds" $place)
    printf '%s %s %s %s\n' "$rate" "$cpu_us" "$select" "$(ratio "$rate" "$select")" \
      >>"$folder/$name.rounds"
  done
  printf '%-12s %8.0f/s %8.0f us CPU   select alone %8.0f/s   ratio %s (goal 0.5)\n' "$name" \
    "$(column 1 "$folder/$name.rounds")" "$(column 2 "$folder/$name.rounds")" \
    "$(column 3 "$folder/$name.rounds")" "$(column 4 "$folder/$name.rounds")"
  kill -TERM "$pid"
  wait "$pid" 2>/dev/null || true
}

say "list of 100 of 10,000 deployments; wrk -t2 -c16, select alone on 2 threads, median of $rounds times $seconds s"
list "sqlite:$folder/lists.db" SQLite
start_postgres
list postgres PostgreSQL
