#!/usr/bin/env python3
"""Uses a server the way people do, again and again, and watches what it holds."""
import argparse
import collections
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

# Memory may grow while caches fill: what counts is growth after a fifth of the time.
GROWTH_MAX = 1.25
GROWTH_FREE_KB = 16 * 1024
DESCRIPTORS_MAX = 20


class Person(threading.Thread):
    """One signed-in person who creates, looks, changes and deletes until told to stop."""

    def __init__(self, port, number, stop):
        super().__init__(daemon=True)
        self.port, self.number, self.stop = port, number, stop
        self.cookie = ""
        self.answers = collections.Counter()
        self.faults = []
        self.rounds = 0
        self.slowest = 0.0

    def call(self, method, path, body=None, want=(), headers=None):
        headers = {"Cookie": self.cookie, **(headers or {})}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        started = time.monotonic()
        self.connection.request(method, "/api/v1" + path, data, headers)
        reply = self.connection.getresponse()
        text = reply.read()
        self.slowest = max(self.slowest, time.monotonic() - started)
        self.answers[f"{method} {reply.status}"] += 1
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.split(";")[0]
        if reply.status not in want:
            self.faults.append(f"{method} {path}: {reply.status} {text[:300]!r}")
        return json.loads(text) if text else {}

    def run(self):
        try:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.call("POST", "/auth/signup", {"email": f"soak{self.number}@example.com",
                      "password": "a long enough password", "name": "Soak"}, (201,))
            org = self.call("GET", "/me", want=(200,))["organizations"][0]
            team = f"/orgs/{org['slug']}/teams/{org['teams'][0]['slug']}/deployments"
            while not self.stop.is_set() and not self.faults:
                self.round(f"/orgs/{org['slug']}", team)
                self.rounds += 1
        except Exception as fault:  # A thread's fault has to reach the report.
            self.faults.append(repr(fault))

    def round(self, org, deployments):
        key = {"Idempotency-Key": f"soak-{self.number}-{self.rounds}"}
        draft = {"name": "web", "image": "nginx:1", "env": {"ROUND": str(self.rounds)}}
        made = self.call("POST", deployments, draft, (201,), key)
        again = self.call("POST", deployments, draft, (201,), key)
        if made.get("id") != again.get("id"):
            self.faults.append(f"one key made two: {made} {again}")
        self.call("POST", deployments, {"name": "second", "image": "nginx:1"}, (403,))
        self.call("GET", f"{deployments}/web", want=(200,))
        self.call("PATCH", f"{deployments}/web", {"env": {"ROUND": "changed"}}, (200,))
        self.call("GET", deployments, want=(200,))
        self.call("GET", f"{org}/usage", want=(200,))
        self.call("POST", f"{deployments}/web/restart", {}, (200, 202))
        self.call("GET", f"{deployments}/nothing", want=(404,))
        self.call("DELETE", f"{deployments}/web", want=(202,))
        # A person, not a load generator: the subject is what is left over, not how fast it goes.
        self.stop.wait(0.05)


def held(pid):
    """Resident memory in KiB, and open descriptors."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    memory = int(status.split("VmRSS:")[1].split()[0])
    return memory, len(os.listdir(f"/proc/{pid}/fd"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_ready(port, server):
    for _ in range(300):
        if server.poll() is not None:
            return False
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def watch(server, seconds):
    """Samples until the time is over; what was held after a fifth of it, and at the end."""
    started, first, now = time.monotonic(), None, None
    while (passed := time.monotonic() - started) < seconds and server.poll() is None:
        time.sleep(min(10.0, seconds / 10))
        now = held(server.pid)
        if first is None and passed >= seconds / 5:
            first = now
        print(f"  {passed:5.0f} s: {now[0] // 1024} MiB, {now[1]} descriptors", flush=True)
    return first or now, now


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--seconds", type=float, default=600)
    arguments.add_argument("--people", type=int, default=4)
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory(prefix="k8s-scheduler-soak-") as folder:
        port = free_port()
        key = pathlib.Path(folder, "key")
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(24).hex().encode() + b"\n")
        log = pathlib.Path(folder, "log")
        server = subprocess.Popen(
            [options.program, "serve"], cwd=folder, stdout=log.open("wb"), stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "DATABASE_DSN": f"sqlite:{folder}/soak.db",
                 "SERVER_ADDR": f"127.0.0.1:{port}", "BASE_URL": f"http://localhost:{port}",
                 "DEPLOYMENT_DOMAIN": "apps.localhost", "KUBERNETES_ENABLED": "simulated",
                 "SECRETS_KEY_FILE": str(key), "SIGNUP": "open", "LOG_LEVEL": "warn",
                 "RATE_LIMIT_READS": "1000000", "RATE_LIMIT_WRITES": "1000000"})
        try:
            if not wait_ready(port, server):
                print(log.read_text()[-3000:])
                sys.exit("soak: the server did not become ready")
            stop = threading.Event()
            people = [Person(port, n, stop) for n in range(options.people)]
            for person in people:
                person.start()
            before, after = watch(server, options.seconds)
            stop.set()
            for person in people:
                person.join(60)
            alive = server.poll() is None
            server.send_signal(signal.SIGTERM)
            code = server.wait(30)
        finally:
            server.kill()
        faults = [fault for person in people for fault in person.faults]
        if not alive or code != 0:
            faults.append(f"the server ended with {code}:\n{log.read_text()[-3000:]}")
        if after[0] > before[0] * GROWTH_MAX + GROWTH_FREE_KB:
            faults.append(f"memory grew from {before[0]} to {after[0]} KiB")
        if after[1] > before[1] + DESCRIPTORS_MAX:
            faults.append(f"open descriptors grew from {before[1]} to {after[1]}")
        if any(person.rounds == 0 for person in people):
            faults.append("somebody did not finish a single round")

        answers = sum((person.answers for person in people), collections.Counter())
        print("answers:", ", ".join(f"{what} x{n}" for what, n in sorted(answers.items())))
        print(f"rounds: {sum(p.rounds for p in people)}, slowest answer: "
              f"{max(p.slowest for p in people) * 1000:.0f} ms, memory: {before[0]} to {after[0]} KiB, "
              f"descriptors: {before[1]} to {after[1]}")
        print(*faults, sep="\n", end="\n" if faults else "")
        sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
