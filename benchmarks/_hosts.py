"""Many hosts on loopback in a process of their own, and what they saw: who asked whom how often at once.

Every host is an address of 127.0.0.0/8 on one port. The process answers questions over a pipe.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

#: What a page is: its bytes, and whether they go out with an ETag. None is a page that never answers.
Answer = tuple[bytes, bool] | None
#: (host number, page number, round) → the answer.
Site = Callable[[int, int, int], Answer]


@dataclass
class _Seen:
    """What the server noticed; times are seconds of a steady clock."""

    requests: Counter[int] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    open: Counter[int] = field(default_factory=Counter)
    most: Counter[int] = field(default_factory=Counter)
    pages: Counter[tuple[int, int]] = field(default_factory=Counter)
    last: dict[int, float] = field(default_factory=dict)


class Hosts:
    """`count` hosts from 127.0.2.1 upwards; `url(h, p)` is page p of host h."""

    def __init__(self, count: int, site: Site) -> None:
        """Start the process and wait until it serves."""
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(count, site, there), daemon=True)
        self._process.start()
        there.close()
        self.port: int = self._pipe.recv()

    def url(self, host: int, page: int) -> str:
        """The address of a page."""
        return f"http://{address(host)}:{self.port}/{host}/{page}"

    def turn(self, number: int) -> None:
        """From now on every page is that of this round, and what was seen is forgotten."""
        self._ask("turn", number)

    def seen(self) -> dict[str, Any]:
        """Since the round began: requests and most open connections by host, statuses, hits by page, last request."""
        found: dict[str, Any] = self._ask("seen", 0)
        return found

    def _ask(self, what: str, number: int) -> Any:
        self._pipe.send((what, number))
        if not self._pipe.poll(60):
            raise TimeoutError("The hosts do not answer.")
        return self._pipe.recv()

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(10)


def address(host: int) -> str:
    """The loopback address of a host by its number."""
    return f"127.0.{2 + host // 250}.{1 + host % 250}"


def _serve(count: int, site: Site, pipe: Connection) -> None:
    asyncio.run(_run(count, site, pipe))


async def _run(count: int, site: Site, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    state: dict[str, Any] = {"turn": 0, "seen": _Seen(), "ready": {}}

    def answer(host: int, page: int) -> Answer:
        ready = state["ready"]
        if (host, page) not in ready:
            ready[host, page] = site(host, page, state["turn"])
        found: Answer = ready[host, page]
        return found

    first = await loop.create_server(lambda: _Talk(0, state, answer), address(0), 0, backlog=256)
    port = first.sockets[0].getsockname()[1]
    servers = [first]
    for host in range(1, count):
        make = lambda h=host: _Talk(h, state, answer)  # noqa: E731
        servers.append(await loop.create_server(make, address(host), port, backlog=256))
    over = asyncio.Event()
    threading.Thread(target=_listen, args=(pipe, state, loop, over), daemon=True).start()
    pipe.send(port)
    await over.wait()
    for server in servers:
        server.close()


def _listen(pipe: Connection, state: dict[str, Any], loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    try:
        while True:
            what, number = pipe.recv()
            if what == "turn":
                still = state["seen"].open
                state.update(turn=number, seen=_Seen(open=still, most=Counter(still)), ready={})
                pipe.send(True)
            else:
                pipe.send({k: dict(v) for k, v in vars(state["seen"]).items()})
    except (EOFError, OSError):
        loop.call_soon_threadsafe(over.set)


class _Talk(asyncio.Protocol):
    """One connection to one host."""

    def __init__(self, host: int, state: dict[str, Any], answer: Callable[[int, int], Answer]) -> None:
        self.host, self.state, self.answer, self.waiting = host, state, answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        seen: _Seen = self.state["seen"]
        seen.open[self.host] += 1
        seen.most[self.host] = max(seen.most[self.host], seen.open[self.host])

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.state["seen"].open[self.host] -= 1

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self._reply(head.decode("latin-1"))

    def _reply(self, head: str) -> None:
        lines = head.split("\r\n")
        path = lines[0].split(" ")[1]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        seen: _Seen = self.state["seen"]
        seen.last[self.host] = time.monotonic()
        if not path.rsplit("/", 1)[-1].isdigit():
            self._write(404, b"", "")
            return
        seen.requests[self.host] += 1
        page = int(path.rsplit("/", 1)[1])
        seen.pages[self.host, page] += 1
        found = self.answer(self.host, page)
        if found is None:
            return
        content, tagged = found
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"' if tagged else ""
        same = bool(tag) and headers.get("if-none-match") == tag
        self._write(304 if same else 200, b"" if same else content, tag)

    def _write(self, status: int, content: bytes, tag: str) -> None:
        self.state["seen"].statuses[status] += 1
        head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n"
        head += f"ETag: {tag}\r\n" if tag else ""
        head += "" if status == 304 else f"Content-Length: {len(content)}\r\n"
        self.transport.write(head.encode() + b"\r\n" + content)  # type: ignore[attr-defined]
