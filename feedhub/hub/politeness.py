"""One request at a time to a host, spaced, and left in peace when it fails; kept in the database for every process."""

from __future__ import annotations

import ipaddress
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from feedhub.errors import FetchError
from feedhub.hub.base import Base
from feedhub.model import Fetched, NotModified, Source, Validators
from feedhub.store import collecting
from feedhub.store.catalogue import SourceState

#: Seconds a lease on a source or host lasts: longer than the longest fetch and reading.
LEASE = 180.0
#: Seconds between two requests to one host, unless robots.txt asks for more or the network is our own.
GAP = 1.0
#: How long a check that a person asked for waits for a busy host, and how long a worker does, in seconds.
PATIENCE, WORKER_PATIENCE = 30.0, 3.0
#: After so many failures in a row a host is left in peace for a while.
BREAKER = 8
#: So many sources of one host at most in one round, so that a large host never holds up the others.
PER_HOST = 40
#: Reasons that are the host's own trouble: the rest of its queue waits for the next round.
TROUBLE = frozenset({"connect", "timeout", "server_error", "dns", "tls"})


def host_of(url: str) -> str:
    """Host and port, in small letters."""
    return urlsplit(url).netloc.lower()


def fair(due: Sequence[SourceState], limit: int) -> list[SourceState]:
    """At most `limit` of what is due, in turns between hosts; within a host and between turns, longest waiting first."""
    turns: dict[int, list[SourceState]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for state in due:
        host = host_of(state.source.url)
        if seen[host] < PER_HOST:
            turns[seen[host]].append(state)
            seen[host] += 1
    return [s for turn in sorted(turns) for s in turns[turn]][:limit]


class Politeness(Base):
    """Fetching with manners."""

    def fetch_politely(
        self, source: Source, validators: Validators | None, holder: str, *, asked: bool
    ) -> Fetched | NotModified:
        """Fetch when the host is free; `asked` says that a person waits. Raises FetchError."""
        host = host_of(source.url)
        token = self._host_turn(host, holder, asked=asked)
        gap, failed = max(source.gap, GAP if self._foreign(source.url) else 0.0), False
        try:
            answer = self.fetcher.fetch(source, validators, self.now())
            gap = max(gap, answer.min_gap)
        except FetchError as error:
            failed = error.reason in TROUBLE
            if error.status == 403 and source.wait_403:
                wait = source.wait_403.total_seconds()
                gap = max(gap, wait)
                raise FetchError("rate_limited", error.detail, retry_after=wait, status=403) from error
            raise
        finally:
            self._host_done(host, token, gap, failed=failed)
        return answer

    def host_wait(self, url: str) -> float:
        """Seconds until the host of an address may be asked again."""
        with self.store.reading() as tx:
            free_at, _, _ = collecting.host_state(tx, host_of(url))
        return max(0.0, (free_at - self.now()).total_seconds()) if free_at else 0.0

    def _foreign(self, url: str) -> bool:
        """False for an address written as a number of a network that the operator let through."""
        try:
            address = ipaddress.ip_address(urlsplit(url).hostname or "")
        except ValueError:
            return True
        return not any(address in n for n in self.settings.fetch_allow if n.version == address.version)

    def _host_turn(self, host: str, holder: str, *, asked: bool) -> int:
        most = PATIENCE if asked else WORKER_PATIENCE
        patience = time.monotonic() + most
        while True:
            now = self.now()
            with self.store.writing() as tx:
                free_at, open_until, _ = collecting.host_state(tx, host)
                if open_until is not None and open_until > now and not asked:
                    raise FetchError("circuit_open", retry_after=(open_until - now).total_seconds())
                token = None
                if free_at is None or free_at <= now:
                    token = collecting.take_lease(tx, f"host:{host}", holder, now, LEASE)
            if token is not None:
                return token
            left = (free_at - now).total_seconds() if free_at and free_at > now else 0.0
            if left > most:
                raise FetchError("host_busy", retry_after=left)
            if time.monotonic() > patience:
                raise FetchError("host_busy", retry_after=max(left, 10.0))
            time.sleep(min(left or 0.1, 1.0))

    def _host_done(self, host: str, token: int, gap: float, *, failed: bool) -> None:
        now = self.now()
        with self.store.writing() as tx:
            _, _, failures = collecting.host_state(tx, host)
            failures = failures + 1 if failed else 0
            pause = None
            if failures >= BREAKER:
                pause = timedelta(minutes=min(24 * 60, 15 * 2 ** min(10, failures - BREAKER)))
            collecting.put_host(
                tx,
                host,
                free_at=now + timedelta(seconds=gap),
                open_until=now + pause if pause else None,
                failures=failures,
            )
            collecting.free_lease(tx, f"host:{host}", token, now)
