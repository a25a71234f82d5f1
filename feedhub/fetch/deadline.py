"""Total time for one fetch: a deadline, and one shared thread that cuts the sockets of those that ran out.

A socket timeout bounds the silence between two bytes, never the whole answer: a server that drips one byte a second
holds a worker for ever. Never knows what is being fetched.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar

from feedhub.errors import FetchError

#: The deadline of the fetch that runs in this thread; the connection classes look here.
CURRENT: ContextVar[Deadline | None] = ContextVar("feedhub_fetch_deadline", default=None)


class Deadline:
    """How long one fetch may still take, and the socket to cut when it took longer.

    `reused` says whether the present request went over a kept-alive connection.
    """

    __slots__ = ("_lock", "_sock", "at", "expired", "reused")

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds
        self.expired = False
        self.reused = True
        self._lock = threading.Lock()
        self._sock: socket.socket | None = None

    def left(self) -> float:
        """Seconds left, never negative."""
        return 0.0 if self.expired else max(0.0, self.at - time.monotonic())

    def check(self) -> None:
        """Raise FetchError `timeout` when the time is up."""
        if not self.left():
            raise FetchError("timeout")

    def hold(self, sock: socket.socket | None) -> None:
        """Name the socket that carries the fetch now; None once it went back to the pool."""
        with self._lock:
            self._sock = sock
            if self.expired:
                self._shut()

    def cut(self) -> None:
        """End the fetch: whoever reads from the socket sees its end at once."""
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        if self._sock is not None:
            with contextlib.suppress(OSError):
                # The plain method: SSLSocket.shutdown would take the TLS object away under the reading thread.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class Watchdog:
    """One daemon thread for all fetches of a fetcher. It sleeps until the next deadline, or until there is one."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._running: set[Deadline] = set()
        self._next = 0.0
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[Deadline]:
        """Run the body under a deadline that is also `CURRENT`."""
        deadline = Deadline(seconds)
        token = CURRENT.set(deadline)
        with self._wake:
            self._running.add(deadline)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._watch, name="fetch watchdog", daemon=True)
                self._thread.start()
            if not self._next or deadline.at < self._next:
                self._wake.notify()
        try:
            yield deadline
        finally:
            with self._wake:
                self._running.discard(deadline)
            deadline.hold(None)
            CURRENT.reset(token)

    def close(self) -> None:
        """Stop the thread; deadlines still running are checked by their own readers only."""
        with self._wake:
            self._closed = True
            thread, self._thread = self._thread, None
            self._wake.notify()
        if thread is not None:
            thread.join(timeout=1.0)

    def _watch(self) -> None:
        while True:
            with self._wake:
                if self._closed:
                    return
                late = [d for d in self._running if d.at <= time.monotonic()]
                self._running.difference_update(late)
                if not late:
                    self._next = min((d.at for d in self._running), default=0.0)
                    self._wake.wait(max(0.001, self._next - time.monotonic()) if self._next else None)
                    self._next = -1.0
            for deadline in late:
                deadline.cut()
