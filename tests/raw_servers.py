"""Servers that misbehave on purpose, on loopback: each answer is raw bytes, so every fault really happens."""

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import trustme

from feedhub.errors import FetchError
from feedhub.fetch import Fetcher, Limits
from feedhub.model import Source, SourceKind

NOW = datetime(2026, 11, 23, 9, 30, 0, 250_000, tzinfo=UTC)
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
PAGE = b"<!doctype html><html><body><p>Suppliers shall carry out due diligence from 2027.</p></body></html>"
TINY = Limits(connect=0.4, read=0.6, total=0.7)


def answer(status: str = "200 OK", body: bytes = b"", length: int | None = None, **headers: str) -> bytes:
    """The bytes of one HTTP/1.1 answer; underscores in header names are dashes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


NO_ROBOTS = answer("404 Not Found")


@dataclass
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


Play = Callable[[Asked, socket.socket], bytes | None]


@dataclass
class Server:
    """A raw server: `routes` maps a path to bytes, or to a function that gives bytes or writes them itself."""

    listener: socket.socket
    context: ssl.SSLContext | None = None
    routes: dict[str, bytes | Play] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    accepted: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http{'s' if self.context else ''}://{host}:{self.port}{path}"

    def pages(self) -> list[Asked]:
        """What was asked beside robots.txt."""
        return [a for a in self.asked if a.path != "/robots.txt"]

    def run(self) -> None:
        while not self.closing.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
            stack.enter_context(sock)
            if self.context:
                sock = stack.enter_context(self.context.wrap_socket(sock, server_side=True))
            sock.settimeout(5)
            self._open.append(sock)
            stream = stack.enter_context(sock.makefile("rb"))
            while (asked := _read_request(stream)) is not None:
                self.asked.append(asked)
                route = self.routes.get(asked.path)
                if route is None:
                    route = NO_ROBOTS if asked.path == "/robots.txt" else answer(body=PAGE, Content_Type="text/html")
                reply = route if isinstance(route, bytes) else route(asked, sock)
                if reply is None:
                    return
                sock.sendall(reply)

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(2)


def _read_request(stream) -> Asked | None:
    first = stream.readline(65536)
    if not first.strip():
        return None
    method, path, _ = first.decode("latin-1").split(" ", 2)
    headers = {}
    while (line := stream.readline(65536).strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Asked(method, path, headers, stream.read(int(headers.get("content-length", 0))))


@pytest.fixture
def make_server() -> Iterator[Callable[..., Server]]:
    """Start raw servers: `make_server(routes, context=…, family=…, address=…)`."""
    running: list[tuple[Server, threading.Thread]] = []

    def make(routes=None, context=None, address="127.0.0.1", family=socket.AF_INET) -> Server:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, 0))
        listener.listen(64)
        server = Server(listener, context, dict(routes or {}))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        return server

    yield make
    for server, thread in running:
        server.close()
        thread.join(2)


@pytest.fixture
def server(make_server) -> Server:
    """One plain raw server."""
    return make_server()


@pytest.fixture
def make_fetcher() -> Iterator[Callable[..., Fetcher]]:
    """Fetchers that are closed after the test; loopback is allowed unless said otherwise."""
    made: list[Fetcher] = []

    def make(**kwargs) -> Fetcher:
        kwargs.setdefault("allow", LOOPBACK)
        kwargs.setdefault("user_agent", "feedhub/0.1.0 (+ops@example.org)")
        fetcher = Fetcher(**kwargs)
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(make_fetcher) -> Fetcher:
    """A fetcher that may reach loopback, with patient limits."""
    return make_fetcher()


@pytest.fixture
def hasty(make_fetcher) -> Fetcher:
    """A fetcher that may reach loopback and gives up within a second."""
    return make_fetcher(limits=TINY)


def source(url: str, **changes) -> Source:
    """A source at an address."""
    return Source(
        **{"id": "xx-test", "authority_id": "xx", "title": "Test", "kind": SourceKind.PAGE, "url": url} | changes
    )


def failure(fetcher: Fetcher, url: str, validators=None, now: datetime = NOW, **changes) -> FetchError:
    """The error a fetch ends with."""
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(source(url, **changes), validators, now)
    return caught.value


class Lookups:
    """A resolver that counts; `answers` maps a host to lists given one after the other, the last one for ever."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): value for name, value in answers.items()}
        self.count = 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.count += 1
        queue = self.answers[host]
        return queue.pop(0) if len(queue) > 1 else queue[0]


def dead_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority of the tests' own."""
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory) -> str:
    """That authority's certificate in a file."""
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture
def certificate(authority) -> Callable[..., ssl.SSLContext]:
    """Server contexts: `certificate("127.0.0.1", not_after=…, ca=…)`."""

    def make(*names: str, not_after: datetime | None = None, ca: trustme.CA | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued = (
            (ca or authority).issue_cert(*names, not_after=not_after)
            if not_after
            else (ca or authority).issue_cert(*names)
        )
        issued.configure_cert(context)
        return context

    return make


@pytest.fixture
def stopwatch() -> Callable[[], float]:
    """Seconds since the test's start."""
    start = time.monotonic()
    return lambda: time.monotonic() - start
