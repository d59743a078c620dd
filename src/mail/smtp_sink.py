#!/usr/bin/env python3
"""A mail server for tests: takes mail, or misbehaves as told.

    smtp_sink.py FOLDER [--tls none|starttls|implicit] [--certificate FILE --key FILE]
                        [--login USER:PASSWORD]

Prints its port. Each mail that was taken becomes FOLDER/NNNN.eml with a first line that says to
whom. What FOLDER/mode says when a mail comes decides:

    ok            take it
    slow          take it after half a second
    refuse        550 5.1.1 for the recipient
    reject        554 5.7.1 for the mail itself
    greylist      451 4.7.1 for the first try of each mail, then take it
    break         take it, and close the connection without a word
    drop          close the connection and keep nothing
    hang          take it and say nothing
"""
import argparse
import asyncio
import logging
import pathlib
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Sink:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.seen = set()
        self.count = 0

    def mode(self):
        try:
            return (self.folder / "mode").read_text().strip()
        except FileNotFoundError:
            return "ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode() == "refuse":
            return f"550 5.1.1 <{address}>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode = self.mode()
        if mode == "reject":
            return f"554 5.7.1 mail for {envelope.rcpt_tos} is not wanted"
        if mode == "drop":
            server.transport.abort()
            return "421 gone"
        key = next((line for line in envelope.content.split(b"\r\n")
                    if line.lower().startswith(b"message-id:")), b"")
        if mode == "greylist" and key not in self.seen:
            self.seen.add(key)
            return "451 4.7.1 Greylisted, try again later"
        if mode == "slow":
            await asyncio.sleep(0.5)
        self.count += 1
        path = self.folder / f"{self.count:04}.eml"
        head = "\t".join([envelope.mail_from, *envelope.rcpt_tos]).encode() + b"\n"
        path.with_suffix(".part").write_bytes(head + envelope.content)
        path.with_suffix(".part").rename(path)
        if mode == "break":
            server.transport.abort()
            return "421 gone"
        if mode == "hang":
            await asyncio.sleep(3600)
        return "250 2.0.0 taken"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder")
    arguments.add_argument("--tls", default="none", choices=["none", "starttls", "implicit"])
    arguments.add_argument("--certificate")
    arguments.add_argument("--key")
    arguments.add_argument("--login")
    options = arguments.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)

    def authenticator(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and \
            f"{data.login.decode()}:{data.password.decode()}" == options.login
        # Not handled: the server says so itself.
        return AuthResult(success=good, handled=False)

    sink = Sink(options.folder)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def server():
        settings = {"loop": loop, "decode_data": False, "hostname": "sink.test"}
        if options.tls == "starttls":
            settings |= {"tls_context": context, "require_starttls": True}
        if options.login:
            settings |= {"authenticator": authenticator, "auth_required": True,
                         "auth_require_tls": options.tls == "starttls"}
        return SMTP(sink, **settings)

    listening = loop.run_until_complete(loop.create_server(
        server, "127.0.0.1", 0, ssl=context if options.tls == "implicit" else None))
    print(listening.sockets[0].getsockname()[1], flush=True)
    # Goes with whoever started it.
    loop.add_reader(sys.stdin, loop.stop)
    loop.run_forever()


if __name__ == "__main__":
    main()
