#!/usr/bin/env python3
"""A collector of traces for tests: reads each body with the official OTLP messages.

    otlp_receiver.py FOLDER PACKAGES

PACKAGES is where opentelemetry-proto and protobuf are (scripts/setup). Prints its port. What FOLDER/mode
says is done to requests: "ok"; "slow" (takes a minute); "long" (takes them, and answers a megabyte); "N" (the status N); "N S" (with Retry-After: S).
Leaves in FOLDER: spans.jsonl (one a line), requests.jsonl, bodies (as they came), invalid (what a body
that is none breaks; it gets 400).
"""
import base64
import http.server
import json
import pathlib
import re
import sys
import threading
import time

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, sys.argv[2])
from google.protobuf import json_format  # noqa: E402
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2  # noqa: E402

lock = threading.Lock()


def append(name, text):
    with lock, open(folder / name, "a", encoding="utf-8") as file:
        file.write(text + "\n")


def to_protobuf_ids(span):
    """OTLP has ids in hexadecimal, where the JSON mapping of protobuf has bytes in base64."""
    for name, digits in (("traceId", 32), ("spanId", 16), ("parentSpanId", 16)):
        if name not in span and name == "parentSpanId":
            continue
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", span[name]) or not span[name].strip("0"):
            raise ValueError(f"{name} {span[name]!r}")
        span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()


def value_of(value):
    return getattr(value, value.WhichOneof("value"))


def read(body):
    tree = json.loads(body)
    for group in tree["resourceSpans"]:
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                for name in ("startTimeUnixNano", "endTimeUnixNano"):
                    if not isinstance(span[name], str):
                        raise ValueError(f"{name} is no text")
                for attribute in span.get("attributes", []):
                    if not isinstance(attribute["value"].get("intValue", ""), str):
                        raise ValueError("intValue is no text")
                to_protobuf_ids(span)
    message = json_format.ParseDict(tree, trace_service_pb2.ExportTraceServiceRequest())
    out = []
    for group in message.resource_spans:
        resource = {a.key: value_of(a.value) for a in group.resource.attributes}
        for scope in group.scope_spans:
            for span in scope.spans:
                if not span.name or span.end_time_unix_nano < span.start_time_unix_nano:
                    raise ValueError(f"{span}")
                keys = [a.key for a in span.attributes]
                if len(keys) != len(set(keys)):
                    raise ValueError(f"a key twice: {keys}")
                out.append({
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "flags": span.flags,
                    "name": span.name,
                    "kind": span.kind,
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "status": span.status.code,
                    "attributes": {a.key: value_of(a.value) for a in span.attributes},
                    "resource": resource,
                })
    return out


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"{}", **headers):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        append("requests.jsonl", json.dumps({
            "at": time.monotonic(), "path": self.path, "type": self.headers["Content-Type"],
            "login": self.headers["Authorization"] or ""}))
        append("bodies", body.decode())
        mode = (folder / "mode").read_text().split()
        if mode[0] == "slow":
            time.sleep(60)
        elif mode[0] not in ("ok", "long"):
            return self.answer(int(mode[0]), **({"Retry_After": mode[1]} if len(mode) > 1 else {}))
        try:
            if self.path != "/v1/traces":
                raise ValueError(self.path)
            spans = read(body)
        except Exception as wrong:  # Whatever it is, the body is none.
            append("invalid", repr(wrong))
            return self.answer(400)
        append("spans.jsonl", "\n".join(json.dumps(span) for span in spans))
        return self.answer(200, b"{}" if mode[0] == "ok" else b" " * (1 << 20))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


if not (folder / "mode").exists():
    (folder / "mode").write_text("ok")
server = Server(("127.0.0.1", int(sys.argv[3]) if len(sys.argv) > 3 else 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
