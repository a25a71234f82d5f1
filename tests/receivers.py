"""Receivers on loopback for the tests of push: callbacks and webhooks over HTTP, and a mail server that keeps mails."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Got:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Receiver:
    """Callbacks: echoes challenges for the modes in `agrees`, answers a POST with `statuses[path]` (default 204)."""

    agrees: set[str] = field(default_factory=lambda: {"subscribe", "unsubscribe"})
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[Got] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query))
                receiver.asked.append(Got(parts.path, query, _lower(self.headers)))
                agreed = query.get("hub.mode") in receiver.agrees
                self._answer(200 if agreed else 404, query.get("hub.challenge", "").encode() if agreed else b"no")

            def do_POST(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.got.append(Got(parts.path, dict(parse_qsl(parts.query)), _lower(self.headers), body))
                self._answer(receiver.statuses.get(parts.path, 204), b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _lower(headers: object) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}  # type: ignore[attr-defined]


@dataclass
class MailServer:
    """A small SMTP server; `refuses` holds addresses that it answers with 550."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    host: str = "127.0.0.1"
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        keeper = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 ready")
                while line := self.rfile.readline().decode("utf-8", "replace").strip():
                    word = line.partition(" ")[0].upper()
                    keeper.words.append(word)
                    if word == "EHLO":
                        self._say("250 here")
                    elif word == "RCPT" and any(address in line for address in keeper.refuses):
                        self._say("550 no such box")
                    elif word == "DATA":
                        self._say("354 go on")
                        self._keep()
                    elif word == "QUIT":
                        self._say("221 bye")
                        return
                    elif word == "AUTH":
                        self._say("535 no")
                    else:
                        self._say("250 ok")

            def _keep(self) -> None:
                lines: list[bytes] = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b"..") else line)
                made = message_from_bytes(b"".join(lines), policy=default)
                assert isinstance(made, EmailMessage)
                keeper.mails.append(made)
                self._say("250 kept")

            def _say(self, line: str) -> None:
                self.wfile.write(line.encode() + b"\r\n")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server((self.host, 0), Handler)
        self.url = f"smtp://{self.host}:{self.server.server_address[1]}?from=news@feedhub.example"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
