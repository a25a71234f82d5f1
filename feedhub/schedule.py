"""The clock: one tick of APScheduler, nothing else. Due times, leases and reminders live in tables."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from apscheduler.schedulers.background import BackgroundScheduler

from feedhub.errors import FeedhubError
from feedhub.hub import Hub

#: Seconds between two ticks.
TICK = 20
_log = logging.getLogger("feedhub.clock")


class Clock:
    """Ticks while it runs: takes the lease, sends reminders, tidies; delivers and checks what is due in threads of their own."""

    def __init__(self, hub: Hub, *, tick: float = TICK, refresh: Callable[[], object] | None = None) -> None:
        """Make a clock for `hub`; `tick` is in seconds, `refresh` checks (or queues) what is due."""
        self._hub = hub
        self._refresh_due = refresh or hub.refresh_due
        self._holder = secrets.token_hex(8)
        self._watch: threading.Thread | None = None
        self._push: threading.Thread | None = None
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick, "interval", seconds=tick, coalesce=True, max_instances=1, misfire_grace_time=None
        )

    def __enter__(self) -> Self:
        """Start ticking."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop ticking, let a check under way end within its lease, and give the clock back."""
        self._scheduler.shutdown(wait=False)
        self._stop.set()
        if self._push is not None:
            self._push.join(timeout=12)  # a message under way takes at most ten seconds
        try:
            self._hub.step_down(self._holder)
        except FeedhubError:
            _log.warning("The clock's lease could not be given back; it runs out by itself.")

    def start(self) -> None:
        """Start ticking for as long as the process lives; the first tick comes at once."""
        self._scheduler.start()
        threading.Thread(target=self.tick, name="first-tick", daemon=True).start()

    @property
    def alive(self) -> bool:
        """False when the scheduler's thread died: its `running` flag would stay true."""
        thread = getattr(self._scheduler, "_thread", None)
        return bool(thread is not None and thread.is_alive())

    def tick(self) -> None:
        """One turn; an error is logged and the next tick comes all the same."""
        try:
            if self._hub.lead(self._holder) is None:
                return
            if self._push is None or not self._push.is_alive():
                self._push = _started(self._hub.deliver_until, self._stop, name="push")
            self._hub.load_laws()
            self._hub.remind()
            self._hub.tell_questions()
            self._hub.tidy()
            if self._watch is None or not self._watch.is_alive():
                self._watch = _started(self._refresh, name="watch")
        except Exception:  # noqa: BLE001 - a tick that fails must not end the clock
            _log.exception("A tick failed; the next one comes in %s seconds.", TICK)

    def _refresh(self) -> None:
        try:
            self._refresh_due()
        except Exception:  # noqa: BLE001 - the same
            _log.exception("Checking what is due failed; the next tick tries again.")


def _started(work: Callable[..., object], *given: object, name: str) -> threading.Thread:
    """A thread at work: it is kept only once it runs, since whoever stops the clock joins what is kept."""
    thread = threading.Thread(target=work, args=given, name=name, daemon=True)
    thread.start()
    return thread
