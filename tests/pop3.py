"""A POP3 server on loopback for tests: what an old mail server of an office can do, and how it can misbehave."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.config import Mail
from tests.servers import ADDRESS, PASSWORD


@dataclass
class PopServer:
    """What lies in the mailbox, and what was asked of it."""

    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    """(UIDL, bytes)."""
    said: list[str] = field(default_factory=list)
    """Every command, without its arguments' secrets."""
    drop_retr: int = 0
    """So many next RETR end in a lost connection."""
    refuse: set[str] = field(default_factory=set)
    """UIDLs of mails that it does not hand over."""
    login_answer: str = ""

    @property
    def mail(self) -> Mail:
        """Settings for this server."""
        return Mail.model_validate(
            {
                "transport": "smtp",
                "incoming": "pop3",
                "address": ADDRESS,
                "pop3_host": "127.0.0.1",
                "pop3_port": self.port,
                "pop3_security": "none",
            }
        )

    def deliver(self, raw: bytes, at: str = "Sun, 22 Nov 2099 09:00:00 +0800") -> None:
        """Take in a mail, with the line on top that a server writes."""
        head = f"Received: from mx.unit.example (unknown [203.0.113.3])\r\n\tby pop.office.example; {at}\r\n".encode()
        body = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self.mails.append((f"UID-{len(self.mails) + 1}", head + body))


class _Session(socketserver.StreamRequestHandler):
    told: PopServer

    def handle(self) -> None:
        self._say("+OK ready")
        for line in self.rfile:
            words = line.decode().split()
            command = words[0].upper()
            self.told.said.append(command)
            if command == "PASS":
                right = words[1:] == [PASSWORD]
                self._say(self.told.login_answer or ("+OK" if right else "-ERR [AUTH] password wrong"))
            elif command == "UIDL":
                self._lines([f"{n} {uidl}".encode() for n, (uidl, _) in enumerate(self.told.mails, 1)])
            elif command in ("RETR", "TOP"):
                uidl, raw = self.told.mails[int(words[1]) - 1]
                if command == "RETR" and self.told.drop_retr:
                    self.told.drop_retr -= 1
                    return
                if command == "RETR" and uidl in self.told.refuse:
                    self._say("-ERR message is broken")
                    continue
                shown = raw if command == "RETR" else raw.partition(b"\r\n\r\n")[0]
                self._lines(shown.removesuffix(b"\r\n").split(b"\r\n"))
            else:
                self._say("+OK")
                if command == "QUIT":
                    return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _lines(self, lines: list[bytes]) -> None:
        self._say("+OK")
        for line in lines:
            self.wfile.write((b"." if line.startswith(b".") else b"") + line + b"\r\n")
        self.wfile.write(b".\r\n")


@contextlib.contextmanager
def start_pop3() -> Iterator[PopServer]:
    """A POP3 server without encryption."""
    told = PopServer()
    session = type("Session", (_Session,), {"told": told})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), session) as server:
        server.daemon_threads = True
        told.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield told
        finally:
            server.shutdown()
