#!/usr/bin/env bash
# bench/idle.sh: the program at rest: time to listen, resident memory, size of the file.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

python3 - "$program" "$folder" "${LONG:+15}" <<'END'
import os, select, socket, statistics, subprocess, sys, time, urllib.request

program, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3] or 5)
environment = {
    "PATH": "/usr/bin:/bin", "HOME": folder, "BASE_URL": "http://localhost:8080",
    "DEPLOYMENT_DOMAIN": "apps.localhost", "KUBERNETES_ENABLED": "simulated",
    "AUTO_MIGRATE": "true", "LOG_LEVEL": "error",
    "SECRETS_KEY": os.environ["SECRETS_KEY"],
}

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

def listening(port, process, since):
    """Milliseconds until the port takes a connection."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return (time.perf_counter() - since) * 1000
        except ConnectionRefusedError:
            if process.poll() is not None:
                sys.exit("the server ended")
            time.sleep(0.0005)

def resident(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024

def start(database):
    port = free_port()
    since = time.perf_counter()
    process = subprocess.Popen(
        [program, "serve"], stdout=subprocess.DEVNULL,
        env=environment | {"SERVER_ADDR": f"127.0.0.1:{port}",
                           "DATABASE_DSN": f"sqlite:{folder}/{database}.db"})
    return process, port, listening(port, process, since)

def stop(process):
    process.terminate()
    process.wait()

first, again, memory = [], [], []
for round in range(rounds):
    process, port, took = start(f"idle{round}")
    first.append(took)
    stop(process)
    process, port, took = start(f"idle{round}")
    again.append(took)
    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").read()
    select.select([], [], [], 2)  # What start-up began has ended by then.
    memory.append(resident(process.pid))
    stop(process)
print(f"exec to listening, empty database   {statistics.median(first):7.1f} ms (goal 100)")
print(f"exec to listening, migrated         {statistics.median(again):7.1f} ms (goal 100)")
print(f"resident, idle                      {statistics.median(memory):7.1f} MiB (goal 30)")
print(f"file                                {os.path.getsize(program) / 1e6:7.1f} MB (goal 25)")
print(f"median of {rounds}; SQLite, simulated cluster")
END
