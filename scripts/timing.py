#!/usr/bin/env python3
"""Whether the time of an answer tells if an address has an account: Welch's t over tries at login, at
a forgotten password and at a verified sign-up, with and without an account, in random order against
one server."""
import argparse
import contextlib
import http.client
import json
import math
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import soak

# Where there is no difference, one run in 100,000 gets here.
T_MAX = 4.5
# An account is tried from anywhere 100 times in 15 minutes at login, and mailed 20 times in an hour
# for each thing.
TRIES_PER_ACCOUNT = 18
# Of each kind the slowest are left out: another program's turn, not ours.
KEPT = 0.9


@contextlib.contextmanager
def running(program, folder, sign_up):
    port = soak.free_port()
    key = pathlib.Path(folder, "key")
    if not key.exists():
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(24).hex().encode() + b"\n")
    log = pathlib.Path(folder, "log")
    server = subprocess.Popen(
        [program, "serve"], cwd=folder, stdout=log.open("wb"), stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "DATABASE_DSN": f"sqlite:{folder}/timing.db",
             "SERVER_ADDR": f"127.0.0.1:{port}", "BASE_URL": f"http://localhost:{port}",
             "DEPLOYMENT_DOMAIN": "apps.localhost", "KUBERNETES_ENABLED": "simulated",
             "SECRETS_KEY_FILE": str(key), "SIGNUP": sign_up, "LOG_LEVEL": "warn",
             "TRUSTED_PROXIES": "127.0.0.1/32"})
    try:
        if not soak.wait_ready(port, server):
            print(log.read_text()[-3000:])
            sys.exit("timing: the server did not become ready")
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


class Caller:
    """Sends each request from a network of its own, so that no bound by network is met."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.network = 0

    def post(self, path, body, want):
        self.network += 1
        headers = {"Content-Type": "application/json", "X-Forwarded-For":
                   f"10.{self.network >> 16 & 255}.{self.network >> 8 & 255}.{self.network & 255}"}
        data = json.dumps(body)
        started = time.perf_counter()
        self.connection.request("POST", "/api/v1" + path, data, headers)
        reply = self.connection.getresponse()
        text = reply.read()
        took = time.perf_counter() - started
        if reply.status != want:
            sys.exit(f"timing: {path} answered {reply.status}: {text[:300]!r}")
        return took


def welch(one, other):
    """t of two samples whose variances need not be alike."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.mean(one) - statistics.mean(other)) / math.sqrt(spread)


def measure(name, tries, addresses, call):
    order = [kind for kind in addresses for _ in range(tries)]
    random.shuffle(order)
    took = {kind: [] for kind in addresses}
    for kind in order:
        here = addresses[kind]
        took[kind].append(call(here[len(took[kind]) % len(here)]))
    bound = sorted(took["known"] + took["unknown"])[int(2 * tries * KEPT)]
    kept = {kind: [one for one in all_of if one < bound] for kind, all_of in took.items()}
    t = welch(kept["known"], kept["unknown"])
    for kind in took:
        print(f"  {name}, {kind} address: {tries} tries, median "
              f"{statistics.median(took[kind]) * 1000:.3f} ms, mean of {len(kept[kind])} "
              f"{statistics.mean(kept[kind]) * 1000:.3f} ms, deviation "
              f"{statistics.stdev(kept[kind]) * 1000:.3f} ms")
    print(f"  {name}: t = {t:.2f} (all tries: {welch(took['known'], took['unknown']):.2f}; "
          f"told apart from {T_MAX} on)", flush=True)
    return [] if abs(t) < T_MAX else [f"{name} takes another time for addresses with an account"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--tries", type=int, default=2000)
    options = arguments.parse_args()
    accounts = options.tries // TRIES_PER_ACCOUNT + 1
    known = [f"known{n:04}@example.com" for n in range(accounts)]
    unknown = [f"other{n:04}@example.com" for n in range(accounts)]
    addresses = {"known": known, "unknown": unknown}
    wanted = {"password": "a long enough password", "name": "Timing"}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="k8s-scheduler-timing-"))
        with running(options.program, folder, "open") as port:
            caller = Caller(port)
            for address in known:
                caller.post("/auth/signup", {"email": address, **wanted}, 201)
        caller = Caller(stack.enter_context(running(options.program, folder, "verified")))
        faults = measure("login", options.tries, addresses, lambda address: caller.post(
            "/auth/login", {"email": address, "password": "a wrong enough password"}, 401))
        faults += measure("forgotten password", options.tries, addresses, lambda address: caller.post(
            "/auth/forgot", {"email": address}, 202))
        faults += measure("verified sign-up", options.tries, addresses, lambda address: caller.post(
            "/auth/signup", {"email": address, **wanted}, 202))
    print(*faults, sep="\n", end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
