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
# Port from the line that says where it listens.
port_of() {
  local port tries
  for tries in $(seq 300); do
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
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
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
# address, without the database), KS_BENCH_DSN and KS_BENCH_OWNER_DSN.
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
  postgres=postgres://bench_root@127.0.0.1:$port
  until "$bin/pg_isready" -q -d "$postgres/postgres"; do sleep 0.1; done
  psql -q "$postgres/postgres" -c "CREATE ROLE bench_owner LOGIN CREATEROLE" \
    -c "CREATE ROLE bench_app LOGIN" -c "CREATE DATABASE bench OWNER bench_owner" \
    -c "CREATE DATABASE peer"
  export KS_BENCH_DSN=postgres://bench_app@127.0.0.1:$port/bench
  export KS_BENCH_OWNER_DSN=postgres://bench_owner@127.0.0.1:$port/bench
}
