# Sourced by the scripts of this folder: servers that end with the script, loads, and medians.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/env.sh"

program=${KS_PROGRAM:-$root/build/bench/k8s-scheduler}
tools=$(dirname "$program")/bench
folder=$(mktemp -d)
started=()
finish() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
SECRETS_KEY=$(head -c 32 /dev/urandom | base64 -w 0)
export SECRETS_KEY
# Sets `pid`; the process ends with the script. Output in $folder/NAME.{out,err}.
launch() {
  local name=$1
  shift
  "$@" >"$folder/$name.out" 2>"$folder/$name.err" &
  pid=$!
  started+=("$pid")
}
# control_plane NAME: a control plane of its own. Sets `kubeconfig` and `pid`.
control_plane() {
  kubeconfig=$folder/$1.kubeconfig
  launch "$1" scripts/cluster -dir "$folder/$1" -with-parent -kubeconfig-out "$kubeconfig"
  until [ -e "$kubeconfig" ]; do
    kill -0 "$pid" 2>/dev/null || fail "the control plane did not start"
    sleep 0.2
  done
}
# Port from the line that says where it listens.
port_of() {
  local port tries
  for tries in $(seq 1800); do
    port=$(sed -n 's/.* on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$folder/$1.out" | head -n 1)
    if [ -n "$port" ]; then
      echo "$port"
      return 0
    fi
    sleep 0.1
  done
  cat "$folder/$1.err" >&2
  return 1
}
# CPU of processes, and of children of theirs that have ended, in microseconds.
cpu_of() {
  local one
  for one in "$@"; do cat "/proc/$one/stat" 2>/dev/null || true; done |
    awk -v us=$((1000000 / $(getconf CLK_TCK))) '
      { sub(/.*\) /, ""); sum += $12 + $13 + $14 + $15 } END { printf "%d", sum * us }'
}
# The whole PostgreSQL of start_postgres; 0 without one.
database_cpu() {
  if [ -z "${postgres_pid:-}" ]; then echo 0; else
    cpu_of "$postgres_pid" $(pgrep -P "$postgres_pid")
  fi
}
# load PID URL [wrk options]: sets rate (requests a second), cpu_us (the server's for each) and
# database_us (PostgreSQL's). Every answer must be good.
load() {
  local server=$1 url=$2 before database_before out requests
  shift 2
  before=$(cpu_of "$server")
  database_before=$(database_cpu)
  out=$(wrk -t2 -d"${seconds}s" "$@" "$url")
  cpu_us=$(($(cpu_of "$server") - before))
  database_us=$(($(database_cpu) - database_before))
  if grep -q 'Non-2xx\|Socket errors' <<<"$out"; then
    printf '%s\n' "$out" >&2
    fail "$url: not every answer was good"
  fi
  requests=$(awk '/requests in/ { print $1 }' <<<"$out")
  rate=$(awk '/Requests\/sec/ { print $2 }' <<<"$out")
  cpu_us=$(awk -v t="$cpu_us" -v n="$requests" 'BEGIN { printf "%.2f", t / n }')
  database_us=$(awk -v t="$database_us" -v n="$requests" 'BEGIN { printf "%.2f", t / n }')
}
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# column N FILE: the median of a column.
column() { awk -v n="$1" '{ print $n }' "$2" | median; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# The program, with only what the benchmark says in its environment. Sets `pid`.
serve() {
  local name=$1
  shift
  launch "$name" env -i PATH=/usr/bin:/bin HOME="$folder" SERVER_ADDR=127.0.0.1:0 \
    BASE_URL=http://localhost:8080 DEPLOYMENT_DOMAIN=apps.localhost \
    KUBERNETES_ENABLED=simulated AUTO_MIGRATE=true LOG_LEVEL=error \
    RATE_LIMIT_READS=1000000000 RATE_LIMIT_WRITES=1000000000 \
    SECRETS_KEY="$SECRETS_KEY" "$@" "$program" serve
}

# A PostgreSQL of the script's own, durable as in production. Sets $postgres (the superuser's
# address, without the database), KS_BENCH_DSN, KS_BENCH_OWNER_DSN and KS_BENCH_ROLE.
start_postgres() {
  local bin port data=$folder/postgres as=()
  bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
  PATH=$bin:$PATH
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir "$data"
  chmod 755 "$folder"
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$data"
    as=(setpriv --reuid postgres --regid postgres --clear-groups)
  fi
  "${as[@]}" "$bin/initdb" -D "$data/data" -U bench_root --auth=trust --encoding=UTF8 --locale=C \
    >"$folder/initdb.out"
  launch postgres "${as[@]}" "$bin/postgres" -D "$data/data" -p "$port" -k "$data" \
    -c listen_addresses=127.0.0.1 -c shared_buffers=512MB -c jit=off -c max_connections=100
  postgres_pid=$pid
  postgres=postgres://bench_root@127.0.0.1:$port
  until "$bin/pg_isready" -q -d "$postgres/postgres"; do sleep 0.1; done
  psql -q "$postgres/postgres" -c "CREATE ROLE bench_owner LOGIN CREATEROLE" \
    -c "CREATE ROLE bench_app LOGIN" -c "CREATE DATABASE bench OWNER bench_owner" \
    -c "CREATE DATABASE peer"
  export KS_BENCH_DSN=postgres://bench_app@127.0.0.1:$port/bench
  # As the migrations name it for this database.
  export KS_BENCH_ROLE=ks_bench_tenant
  export KS_BENCH_OWNER_DSN=postgres://bench_owner@127.0.0.1:$port/bench
}
