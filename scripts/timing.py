#!/usr/bin/env python3
"""Whether the time of an answer tells what exists: Welch's t over tries in random order against one
server. An address with and without an account at login, at a forgotten password and at a verified
sign-up; the link of a revoked invitation and the cookie of an ended session beside ones that never
were."""
import argparse
import contextlib
import email
import email.policy
import http.client
import json
import math
import os
import pathlib
import random
import re
import secrets
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
# Links and cookies of each kind, taken in turn.
TOKENS = 20
# Of a link the organization's id, which whoever was invited to it once can know.
LINK_HEAD = 24
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
        self.origin = f"http://127.0.0.1:{port}"
        self.network = 0
        self.reply = None
        self.answer = b""

    def call(self, method, path, want, body=None, session=None):
        """Seconds until the whole answer was there."""
        self.network += 1
        headers = {"Content-Type": "application/json", "Origin": self.origin, "X-Forwarded-For":
                   f"10.{self.network >> 16 & 255}.{self.network >> 8 & 255}.{self.network & 255}"}
        if session:
            headers["Cookie"] = "session=" + session
        data = None if body is None else json.dumps(body)
        started = time.perf_counter()
        self.connection.request(method, "/api/v1" + path, data, headers)
        self.reply = self.connection.getresponse()
        self.answer = self.reply.read()
        took = time.perf_counter() - started
        if self.reply.status != want:
            sys.exit(f"timing: {path} answered {self.reply.status}: {self.answer[:300]!r}")
        return took

    def post(self, path, body, want, session=None):
        return self.call("POST", path, want, body, session)

    def session(self):
        """The cookie's value that the last answer set."""
        return re.search("session=([^;]+)", self.reply.getheader("Set-Cookie"))[1]




def other(token, head=0):
    """A token that never was, of the same shape and with the same first characters."""
    return token[:head] + secrets.token_urlsafe(len(token))[:len(token) - head]


def invited(folder, address):
    """The token of the newest mail to an address."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for mail in pathlib.Path(folder, "data/mail").glob("**/*.eml"):
            message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
            if message["To"] == address:
                text = message.get_body(("plain",)).get_content()
                return re.search(r"#(?:token=)?(\S+)", text)[1]
        time.sleep(0.05)
    sys.exit(f"timing: no mail to {address} in 30 s")


def ended_tokens(caller, folder, owner):
    """Links of invitations that were revoked, and cookies of sessions that were ended."""
    setup = re.search(r"/setup#(\S+)", pathlib.Path(folder, "log").read_text())[1]
    chief = {"email": "admin@example.com", "password": owner["password"]}
    caller.post("/setup", {"token": setup, "name": "Timing", **chief}, 201)
    caller.post("/auth/login", chief, 200)
    administrator = caller.session()
    caller.post("/auth/login", owner, 200)
    session = caller.session()
    caller.call("GET", "/orgs", 200, session=session)
    slug = json.loads(caller.answer)["items"][0]["slug"]
    caller.call("PUT", f"/platform/orgs/{slug}/subscription", 200, {"plan": "business"},
                administrator)
    invitations = f"/orgs/{slug}/invitations"
    links, cookies = [], []
    for number in range(TOKENS):
        address = f"invited{number:02}@example.com"
        caller.post(invitations, {"invitations": [{"email": address}]}, 200, session)
        made = json.loads(caller.answer)["results"][0]["invitation"]
        links.append(invited(folder, address))
        caller.call("DELETE", f"{invitations}/{made['id']}", 204, session=session)
        caller.post("/auth/login", owner, 200)
        cookies.append(caller.session())
        caller.post("/auth/logout", {}, 204, cookies[-1])
    return links, cookies


def welch(one, other):
    """t of two samples whose variances need not be alike."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.mean(one) - statistics.mean(other)) / math.sqrt(spread)


def measure(name, tries, subjects, call):
    """`subjects` are known and unknown addresses or tokens, taken in turn."""
    order = [kind for kind in subjects for _ in range(tries)]
    random.shuffle(order)
    took = {kind: [] for kind in subjects}
    for kind in order:
        here = subjects[kind]
        took[kind].append(call(here[len(took[kind]) % len(here)]))
    bound = sorted(took["known"] + took["unknown"])[int(2 * tries * KEPT)]
    kept = {kind: [one for one in all_of if one < bound] for kind, all_of in took.items()}
    t = welch(kept["known"], kept["unknown"])
    for kind in took:
        print(f"  {name}, {kind}: {tries} tries, median "
              f"{statistics.median(took[kind]) * 1000:.3f} ms, mean of {len(kept[kind])} "
              f"{statistics.mean(kept[kind]) * 1000:.3f} ms, deviation "
              f"{statistics.stdev(kept[kind]) * 1000:.3f} ms")
    print(f"  {name}: t = {t:.2f} (all tries: {welch(took['known'], took['unknown']):.2f}; "
          f"told apart from {T_MAX} on)", flush=True)
    return [] if abs(t) < T_MAX else [f"{name} tells by its time what exists"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--tries", type=int, default=2000)
    options = arguments.parse_args()
    accounts = options.tries // TRIES_PER_ACCOUNT + 1
    known = [f"known{n:04}@example.com" for n in range(accounts)]
    unknown = [f"other{n:04}@example.com" for n in range(accounts)]
    addresses = {"known": known, "unknown": unknown}
    program = pathlib.Path(options.program).resolve()
    wanted = {"password": "a long enough password", "name": "Timing"}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="k8s-scheduler-timing-"))
        with running(program, folder, "open") as port:
            caller = Caller(port)
            for address in known:
                caller.post("/auth/signup", {"email": address, **wanted}, 201)
            links, cookies = ended_tokens(
                caller, folder, {"email": known[0], "password": wanted["password"]})
        caller = Caller(stack.enter_context(running(program, folder, "verified")))
        faults = measure("login", options.tries, addresses, lambda address: caller.post(
            "/auth/login", {"email": address, "password": "a wrong enough password"}, 401))
        faults += measure("forgotten password", options.tries, addresses, lambda address: caller.post(
            "/auth/forgot", {"email": address}, 202))
        faults += measure("verified sign-up", options.tries, addresses, lambda address: caller.post(
            "/auth/signup", {"email": address, **wanted}, 202))
        faults += measure("invitation", options.tries, {
            "known": links, "unknown": [other(link, LINK_HEAD) for link in links]}, lambda link: caller.post(
                "/invitations/lookup", {"token": link}, 404))
        faults += measure("session", options.tries, {
            "known": cookies, "unknown": [other(cookie) for cookie in cookies]}, lambda cookie:
            caller.call("GET", "/me", 401, session=cookie))
    print(*faults, sep="\n", end="\n" if faults else "")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
