"""One request at a time to a host, spaced, and left in peace when it fails; kept in the database for every process."""

from __future__ import annotations

import ipaddress
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feedhub.errors import FetchError
from feedhub.hub.base import Base
from feedhub.model import Fetched, NotModified, Source, Validators
from feedhub.store import collecting
from feedhub.store.catalogue import SourceState
from feedhub.store.collecting import Host

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


@dataclass(frozen=True)
class Heard:
    """How one request ended: an answer or an error, seconds to leave the host alone, and whether the host failed."""

    answer: Fetched | NotModified | None
    error: FetchError | None
    gap: float
    failed: bool

    @property
    def used(self) -> bool:
        """False when no request was made."""
        return self.answer is not None or self.error is not None

    def or_raise(self) -> Fetched | NotModified:
        """The answer; raises the error."""
        if self.answer is None:
            raise self.error or FetchError("internal")
        return self.answer


def rested(host: Host, now: datetime, heard: Heard) -> Host:
    """A host after a request: free after the gap, and left in peace after many failures in a row."""
    failures = host.failures + 1 if heard.failed else 0
    pause = None
    if failures >= BREAKER:
        pause = timedelta(minutes=min(24 * 60, 15 * 2 ** min(10, failures - BREAKER)))
    return Host(now + timedelta(seconds=heard.gap), now + pause if pause else None, failures)


def seconds_left(host: Host, now: datetime) -> float:
    """Seconds until a host may be asked again."""
    return max(0.0, (host.free_at - now).total_seconds()) if host.free_at else 0.0


def turned_away(host: Host, now: datetime, *, asked: bool) -> FetchError | None:
    """Why a host cannot be asked within the patience there is; `asked` says that a person waits."""
    if host.open_until is not None and host.open_until > now and not asked:
        return FetchError("circuit_open", retry_after=(host.open_until - now).total_seconds())
    left = seconds_left(host, now)
    return FetchError("host_busy", retry_after=left) if left > patience(asked=asked) else None


def patience(*, asked: bool) -> float:
    """Seconds that a check waits for a busy host."""
    return PATIENCE if asked else WORKER_PATIENCE


class Politeness(Base):
    """Fetching with manners."""

    def ask(self, source: Source, validators: Validators | None) -> Heard:
        """One request of a source, by whoever holds the host's lease; never raises FetchError."""
        gap = self.gap_of(source)
        try:
            answer = self.fetcher.fetch(source, validators, self.now())
        except FetchError as error:
            if error.status == 403 and source.wait_403:
                wait = source.wait_403.total_seconds()
                later = FetchError("rate_limited", error.detail, retry_after=wait, status=403)
                return Heard(None, later, max(gap, wait), failed=False)
            return Heard(None, error, gap, error.reason in TROUBLE)
        return Heard(answer, None, max(gap, answer.min_gap), failed=False)

    def fetch_politely(self, source: Source, holder: str, *, asked: bool) -> Fetched | NotModified:
        """Wait until the host is free and fetch; `asked` says that a person waits. Raises FetchError."""
        name = host_of(source.url)
        host, token = self._host_turn(name, holder, asked=asked)
        heard = Heard(None, None, 0.0, failed=False)
        try:
            heard = self.ask(source, None)
        finally:
            now = self.now()
            with self.store.writing() as tx:
                collecting.put_hosts(tx, {name: rested(host, now, heard)})
                collecting.free_leases(tx, {f"host:{name}": token}, now)
        return heard.or_raise()

    def host_wait(self, url: str) -> float:
        """Seconds until the host of an address may be asked again."""
        name = host_of(url)
        with self.store.reading() as tx:
            return seconds_left(collecting.hosts(tx, [name])[name], self.now())

    def gap_of(self, source: Source) -> float:
        """Seconds to leave between two requests of a source's host, apart from what the host itself asks for."""
        return max(source.gap, GAP if self._foreign(source.url) else 0.0)

    def _foreign(self, url: str) -> bool:
        """False for an address written as a number of a network that the operator let through."""
        try:
            address = ipaddress.ip_address(urlsplit(url).hostname or "")
        except ValueError:
            return True
        return not any(address in n for n in self.settings.fetch_allow if n.version == address.version)

    def _host_turn(self, name: str, holder: str, *, asked: bool) -> tuple[Host, int]:
        until = time.monotonic() + patience(asked=asked)
        while True:
            now = self.now()
            with self.store.writing() as tx:
                host = collecting.hosts(tx, [name])[name]
                if error := turned_away(host, now, asked=asked):
                    raise error
                left = seconds_left(host, now)
                token = None if left else collecting.take_lease(tx, f"host:{name}", holder, now, LEASE)
            if token is not None:
                return host, token
            if time.monotonic() > until:
                raise FetchError("host_busy", retry_after=max(left, 10.0))
            time.sleep(min(left or 0.1, 1.0))
