#!/usr/bin/env bash
# bench/http_read.sh: authorized GET of a deployment on both engines. Beside SQLite stands a static
# reply by the same HTTP layer with the same headers and size, beside PostgreSQL pgbench select-only.
# The read on SQLite is measured with traces too, at a collector that takes all and looks at nothing.
# A ratio is taken in each round, of what ran in turns in it; the medians are printed with the bars.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

rounds=5 seconds=3
if [ -n "${LONG:-}" ]; then rounds=9 seconds=10; fi
declare -A port_by pid_by path_by cookie_by

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

# The names of a reply's headers, and its size.
shape_of() {
  curl -sSf -o "$folder/body" -D "$folder/head" "$@"
  sed '1d; s/:.*//; /^\r*$/d' "$folder/head" | sort
  wc -c <"$folder/body"
}

# measure LABEL SERVER PATH [HEADER]: a row of rate, server's CPU, database's CPU.
measure() {
  local label=$1 server=$2 path=$3
  shift 3
  load "${pid_by[$server]}" "http://127.0.0.1:${port_by[$server]}$path" -c64 "$@"
  echo "$rate $cpu_us $database_us" >>"$folder/$label.rounds"
}
# measure_pgbench LABEL [options]
measure_pgbench() {
  local label=$1 out before
  shift
  before=$(database_cpu)
  out=$(pgbench -n -M prepared -j 2 -T "$seconds" "$@" 2>/dev/null)
  sleep 0.2 # Until the last backend has been waited for.
  awk -v us=$(($(database_cpu) - before)) '/actually processed/ { n = $NF }
    /^tps/ { printf "%s - %.2f\n", $3, us / n }' <<<"$out" >>"$folder/$label.rounds"
}
# of_pairs A B: median over the rounds of A's rate to B's.
of_pairs() {
  paste -d ' ' "$folder/$1.rounds" "$folder/$2.rounds" | awk '{ printf "%.3f\n", $1 / $4 }' | median
}

# Its own work is no part of the server's; it has to share the cores, though.
collector='
import http.server, sys
class Taker(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker)
print(f"takes traces on 127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()'

start_postgres
pgbench -q -i -s 1 "$postgres/peer" >"$folder/pgbench.out" 2>&1
serve sqlite DATABASE_DSN="sqlite:$folder/read.db"
pid_by[sqlite]=$pid
launch collector python3 -c "$collector"
traces=OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$(port_of collector)
serve tenth DATABASE_DSN="sqlite:$folder/tenth.db" "$traces" OTEL_TRACES_SAMPLER_ARG=0.1
pid_by[tenth]=$pid
serve traced DATABASE_DSN="sqlite:$folder/traced.db" "$traces"
pid_by[traced]=$pid
serve postgres_server DATABASE_DSN="$KS_BENCH_DSN" DATABASE_OWNER_DSN="$KS_BENCH_OWNER_DSN"
pid_by[postgres]=$pid
port_by[sqlite]=$(port_of sqlite)
port_by[postgres]=$(port_of postgres_server)
port_by[tenth]=$(port_of tenth)
port_by[traced]=$(port_of traced)
for name in sqlite tenth traced postgres; do settle $name; done
read_sqlite=(-H "Cookie: ${cookie_by[sqlite]}")
read_postgres=(-H "Cookie: ${cookie_by[postgres]}")
curl -sSf -o "$folder/reply.json" -D "$folder/reply.head" "${read_sqlite[@]}" \
  "http://127.0.0.1:${port_by[sqlite]}${path_by[sqlite]}"
launch static "$tools/static_reply" "$folder/reply.json" "$folder/reply.head"
pid_by[static]=$pid
port_by[static]=$(port_of static)
shape_of "http://127.0.0.1:${port_by[static]}/" >"$folder/static.shape"
shape_of "${read_sqlite[@]}" "http://127.0.0.1:${port_by[sqlite]}${path_by[sqlite]}" \
  >"$folder/read.shape"
diff "$folder/static.shape" "$folder/read.shape" >&2 ||
  fail "the static reply has other headers or another size than the read"

for round in $(seq 0 "$rounds"); do
  # The first round warms up and is thrown away.
  if [ "$round" = 1 ]; then rm -f "$folder"/*.rounds; fi
  measure static static / "${read_sqlite[@]}"
  measure sqlite sqlite "${path_by[sqlite]}" "${read_sqlite[@]}"
  measure tenth tenth "${path_by[tenth]}" -H "Cookie: ${cookie_by[tenth]}"
  measure traced traced "${path_by[traced]}" -H "Cookie: ${cookie_by[traced]}"
  measure healthz sqlite /healthz
  measure_pgbench select-8 -S -c 8 "$postgres/peer"
  measure postgres postgres "${path_by[postgres]}" "${read_postgres[@]}"
  measure_pgbench select-16 -S -c 16 "$postgres/peer"
done

line() {
  printf '%-40s %9.0f/s %8s us server %8s us database\n' "$1" "$(column 1 "$folder/$2.rounds")" \
    "$(column 2 "$folder/$2.rounds")" "$(column 3 "$folder/$2.rounds")"
}
bar() {
  printf '%-40s %s (goal %s)%s\n' "$1" "$2" "$3" \
    "$(awk -v is="$2" -v goal="$3" 'BEGIN { if (is < goal) printf "  MISSED" }')"
}
say "GET of a deployment, $(wc -c <"$folder/reply.json") bytes; wrk -t2 -c64, medians of $rounds rounds of $seconds s"
line "static reply, same headers and size" static
line "GET on SQLite" sqlite
line "the same, a tenth traced" tenth
line "the same, all traced" traced
line "/healthz of the program, 15 bytes" healthz
line "GET on PostgreSQL" postgres
line "pgbench -S, 8 clients" select-8
line "pgbench -S, 16 clients" select-16
best=select-8
if awk -v a="$(column 1 "$folder/select-16.rounds")" -v b="$(column 1 "$folder/select-8.rounds")" \
  'BEGIN { exit !(a > b) }'; then best=select-16; fi
bar "SQLite read to static reply" "$(of_pairs sqlite static)" 0.6
say "traced to not traced: $(of_pairs tenth sqlite) a tenth, $(of_pairs traced sqlite) all"
bar "PostgreSQL read to pgbench $best" "$(of_pairs postgres "$best")" 0.6
