#!/usr/bin/env bash
# bench/lists.sh [NOUN...]: list of 100 of an organization with 10,000, of deployments and of members,
# over HTTP, beside its select alone, on both engines.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

rounds=3 seconds=3
if [ -n "${LONG:-}" ]; then rounds=7 seconds=10; fi
nouns=("$@")
if [ $# = 0 ]; then nouns=(deployments members); fi

# lists ENGINE NAME: rounds in turns, and a line of their medians for each noun.
lists() {
  local engine=$1 name=$2 org path cookie place port noun round select
  launch "$name" "$tools/lists" serve "$engine"
  port=$(port_of "$name")
  { read -r _ && read -r org && read -r cookie && read -r place; } <"$folder/$name.out"
  for round in $(seq "$rounds"); do
    for noun in "${nouns[@]}"; do
      path=$org/$("$tools/lists" path "$noun")
      load "$pid" "http://127.0.0.1:$port$path" -c16 -H "Cookie: $cookie"
      # shellcheck disable=SC2086 # three ids
      select=$("$tools/lists" select "$noun" "$engine" "$seconds" $place)
      printf '%s %s %s %s\n' "$rate" "$cpu_us" "$select" "$(ratio "$rate" "$select")" \
        >>"$folder/$name-$noun.rounds"
    done
  done
  for noun in "${nouns[@]}"; do
    printf '%-11s %-10s %8.0f/s %8.0f us CPU   select alone %8.0f/s   ratio %s (goal 0.5)\n' \
      "$noun" "$name" "$(column 1 "$folder/$name-$noun.rounds")" \
      "$(column 2 "$folder/$name-$noun.rounds")" "$(column 3 "$folder/$name-$noun.rounds")" \
      "$(column 4 "$folder/$name-$noun.rounds")"
  done
  kill -TERM "$pid"
  wait "$pid" 2>/dev/null || true
}

say "list of 100 of 10,000; wrk -t2 -c16, select alone on 2 threads, median of $rounds times $seconds s"
lists "sqlite:$folder/lists.db" SQLite
start_postgres
lists postgres PostgreSQL
