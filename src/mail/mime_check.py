#!/usr/bin/env python3
"""Reads mails with Python's parser, which shares nothing with ours, and compares what it finds.

    mime_check.py FOLDER    each NAME.eml there beside a NAME.json that says what must be in it
"""
import email
import email.policy
import json
import pathlib
import re
import sys

HEADERS = ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version",
           "Content-Type"]


def faults(raw, want):
    if re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a line does not end in CRLF"
    head, _, body = raw.partition(b"\r\n\r\n")
    for lines, most in ((head, 78), (body, 998)):
        for line in lines.split(b"\r\n"):
            if len(line) > most:
                yield f"a line of {len(line)} characters"
            # What goes by servers is ASCII; a file may have UTF-8 below its headers.
            beyond = rb"\x80-\xff" if want["wire"] == "utf8" and lines is body else rb""
            if not re.fullmatch(rb"[\t\x20-\x7e" + beyond + rb"]*", line):
                yield "a line with other than printable ASCII"
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    if mail.keys() != HEADERS:
        yield f"headers {mail.keys()}"
        return
    if mail.defects or any(mail[name].defects for name in HEADERS):
        yield "the parser finds defects"
    for name in ("from", "to"):
        if len(mail[name].addresses) != 1:
            yield f"{name} is {len(mail[name].addresses)} addresses"
            return
    for name, found in (("to", mail["to"].addresses[0].addr_spec),
                        ("from", mail["from"].addresses[0].addr_spec),
                        ("sender_name", mail["from"].addresses[0].display_name),
                        ("subject", str(mail["subject"])), ("id", str(mail["message-id"]))):
        # In a name this parser puts spaces between encoded words and drops others.
        squeeze = (lambda text: "".join(text.split())) if name == "sender_name" else str
        if squeeze(found) != squeeze(want[name]):
            yield f"{name} is {found!r}, not {want[name]!r}"
    if mail["date"].datetime.isoformat() != want["date"]:
        yield f"date is {mail['date'].datetime.isoformat()}"
    parts = list(mail.iter_parts())
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        yield f"parts {[part.get_content_type() for part in parts]}"
        return
    for name, part in zip(("text", "html"), parts):
        found = part.get_content().replace("\r\n", "\n")
        if found.rstrip("\n") != want[name].rstrip("\n"):
            yield f"{name} is {found!r}, not {want[name]!r}"


def main():
    wrong = count = 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
        count += 1
        want = json.loads(path.with_suffix(".json").read_text())
        for fault in faults(path.read_bytes(), want):
            print(f"{path.name}: {fault}")
            wrong += 1
    print(f"{count} mails read, {wrong} faults")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
