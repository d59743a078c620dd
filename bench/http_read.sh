#!/usr/bin/env bash
# bench/http_read.sh: authorized GET of a deployment on both engines, beside /healthz of the same
# server, a static reply of the same size by the same HTTP layer, and pgbench.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rounds=3 seconds=4
if [ -n "${LONG:-}" ]; then rounds=7 seconds=10; fi
declare -A port_by pid_by path_by cookie_by rates cpus

# A person with a running deployment: sets path_by and cookie_by.
settle() {
  local name=$1 base jar=$folder/$1.jar org path
  base=http://127.0.0.1:${port_by[$name]}
  curl -sSf -o /dev/null -c "$jar" -H 'Content-Type: application/json' "$base/api/v1/auth/signup" \
    -d '{"email":"bench@example.com","password":"an uncommon pass phrase","name":"Bench"}'
  org=$(curl -sSf -b "$jar" "$base/api/v1/me" | jq -r '.organizations[0].slug')
  path=/api/v1/orgs/$org/teams/default/deployments
  curl -sSf -o /dev/null -b "$jar" -H 'Content-Type: application/json' "$base$path" \
    -d '{"name":"web","image":"docker.io/nginxinc/nginx-unprivileged:1.27","port":8080}'
  until [ "$(curl -sSf -b "$jar" "$base$path/web" | jq -r .phase)" = Ready ]; do sleep 0.2; done
  path_by[$name]=$path/web
  cookie_by[$name]=$(awk '$6 != "" && $7 != "" && /session/ { print $6 "=" $7 }' "$jar")
}

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
tick_us=$((1000000 / $(getconf CLK_TCK)))
# measure LABEL SERVER PATH [HEADER]: requests a second, and the server's CPU for each.
measure() {
  local label=$1 server=$2 path=$3 before after out requests
  shift 3
  before=$(ticks "${pid_by[$server]}")
  out=$(wrk -t2 -c64 -d"${seconds}s" "$@" "http://127.0.0.1:${port_by[$server]}$path")
  after=$(ticks "${pid_by[$server]}")
  if grep -q 'Non-2xx\|Socket errors' <<<"$out"; then
    printf '%s\n' "$out" >&2
    fail "$label: not every answer was good"
  fi
  requests=$(awk '/requests in/ { print $1 }' <<<"$out")
  rates[$label]+="$(awk '/Requests\/sec/ { print $2 }' <<<"$out") "
  cpus[$label]+="$(awk -v t=$(((after - before) * tick_us)) -v n="$requests" \
    'BEGIN { printf "%.2f", t / n }') "
}
# measure_pgbench LABEL [options]: transactions a second.
measure_pgbench() {
  local label=$1
  shift
  rates[$label]+="$(pgbench -n -M prepared -j 2 -T "$seconds" "$@" 2>/dev/null |
    awk '/^tps/ { print $3 }') "
}
of() { tr ' ' '\n' <<<"$1" | sed '/^$/d' | median; }

start_postgres
pgbench -q -i -s 1 "$postgres/peer" >"$folder/pgbench.out" 2>&1
serve sqlite DATABASE_DSN="sqlite:$folder/read.db"
pid_by[sqlite]=$pid
serve postgres_server DATABASE_DSN="$KS_BENCH_DSN" DATABASE_OWNER_DSN="$KS_BENCH_OWNER_DSN"
pid_by[postgres]=$pid
port_by[sqlite]=$(port_of sqlite)
port_by[postgres]=$(port_of postgres_server)
settle sqlite
settle postgres
curl -sSf -H "Cookie: ${cookie_by[sqlite]}" \
  "http://127.0.0.1:${port_by[sqlite]}${path_by[sqlite]}" >"$folder/reply.json"
launch static "$tools/static_reply" "$folder/reply.json"
pid_by[static]=$pid
port_by[static]=$(port_of static)

# What one read asks of the database, as one flight without HTTP: settings, guard, statement.
psql -q -At -F ' ' "$postgres/bench" -c "
  SELECT d.client_id, d.org_id, d.team_id, s.token_hash, d.created_by
  FROM deployments AS d JOIN sessions AS s ON s.user_id = d.created_by LIMIT 1" >"$folder/ids"
read -r client org team token user <"$folder/ids"
tenant_role=$(psql -At "$postgres/bench" -c "
  SELECT DISTINCT grantee FROM information_schema.role_table_grants
  WHERE table_name = 'teams' AND privilege_type = 'SELECT' AND grantee LIKE '%tenant%'")
sed -n '/^-- name: deployment_by_name$/,/;$/p' "$root/src/sql/queries/deployments.sql" |
  grep -v '^--' | sed "s/:client/'$client'/; s/:org/'$org'/; s/:team_id/'$team'/; s/:name/'web'/" \
    >"$folder/select.sql"
cat >"$folder/flight.sql" <<END
\\startpipeline
SELECT set_config('app.client', '$client', true), set_config('app.org', '$org', true), set_config('app.user', '$user', true);
SELECT u.authz_version, u.state, s.seen_at, s.expires_at FROM sessions AS s JOIN users AS u ON u.client_id = s.client_id AND u.id = s.user_id WHERE s.client_id = '$client' AND s.token_hash = '$token';
$(tr '\n' ' ' <"$folder/select.sql")
\\endpipeline
END

for round in $(seq "$rounds"); do
  measure static static /
  measure healthz sqlite /healthz
  measure sqlite sqlite "${path_by[sqlite]}" -H "Cookie: ${cookie_by[sqlite]}"
  measure postgres postgres "${path_by[postgres]}" -H "Cookie: ${cookie_by[postgres]}"
  measure_pgbench select-8 -S -c 8 "$postgres/peer"
  measure_pgbench select-16 -S -c 16 "$postgres/peer"
  PGOPTIONS="-c role=$tenant_role" measure_pgbench flight-8 -c 8 -f "$folder/flight.sql" \
    "${KS_BENCH_DSN}"
done

static=$(of "${rates[static]}")
select8=$(of "${rates[select-8]}")
select16=$(of "${rates[select-16]}")
best=$(printf '%s\n%s\n' "$select8" "$select16" | sort -g | tail -n 1)
sqlite=$(of "${rates[sqlite]}")
read_postgres=$(of "${rates[postgres]}")
line() { printf '%-44s %9.0f/s %8s us CPU  %s\n' "$1" "$2" "$3" "${4:-}"; }
say "GET of a deployment, $(wc -c <"$folder/reply.json") bytes; wrk -t2 -c64, median of $rounds times $seconds s"
line "static reply, same HTTP layer and size" "$static" "$(of "${cpus[static]}")"
line "/healthz of the program" "$(of "${rates[healthz]}")" "$(of "${cpus[healthz]}")"
line "GET on SQLite" "$sqlite" "$(of "${cpus[sqlite]}")" \
  "$(ratio "$sqlite" "$static") of static; in CPU $(ratio "$(of "${cpus[static]}")" "$(of "${cpus[sqlite]}")")"
line "GET on PostgreSQL" "$read_postgres" "$(of "${cpus[postgres]}")" \
  "$(ratio "$read_postgres" "$best") of pgbench select-only"
line "pgbench -S, 8 clients" "$select8" -
line "pgbench -S, 16 clients" "$select16" -
line "pgbench, the read's own flight, 8 clients" "$(of "${rates[flight-8]}")" -
