"""Watching sources: fetch, keep, read, judge, record, and say how it ended. One verb for web, CLI, clock and worker."""

from __future__ import annotations

import hashlib
import ipaddress
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedhub.changes import decide
from feedhub.errors import REASONS, FeedhubError, FetchError, LeaseLost, NotFound, ReadError
from feedhub.fetch.hints import next_due
from feedhub.hub.base import Base
from feedhub.hub.judging import COMPLETE, Judged, judge, options_for, relevant, sift
from feedhub.hub.matching import announce_ahead, evidenced, is_known, known_to, wait_for_curator
from feedhub.hub.record import Recorded, Recorder
from feedhub.model import (
    Authority,
    CheckResult,
    Fetched,
    NotModified,
    Outcome,
    PublishPolicy,
    Snapshot,
    Source,
    Validators,
)
from feedhub.store import Tx, catalogue, collecting, notices
from feedhub.store.catalogue import SourceState

#: Seconds a source's lease lasts: longer than the longest fetch and reading.
LEASE = 180.0
#: Seconds between two requests to one host, unless robots.txt asks for more or the network is our own.
GAP = 1.0
#: Threads that fetch; each has one host at a time.
THREADS = 8
#: How long a check that a person asked for waits for a busy host.
PATIENCE = 30.0
#: After so many failures in a row a host is left in peace for a while.
BREAKER = 8
_LAST = {"gone", "forbidden"}


@dataclass(frozen=True)
class _Turn:
    """One check under way: the source's state, its authority, the fencing token, and when it began."""

    state: SourceState
    authority: Authority
    token: int
    began: float
    asked: bool

    @property
    def source(self) -> Source:
        return self.state.source


class Collect(Base):
    """The verbs of watching."""

    # -- doors

    def check(self, ids: Sequence[str] | None = None, *, due_only: bool = False) -> Iterator[CheckResult]:
        """Check sources and yield each result as it ends. None means all; raises NotFound for an unknown id."""
        with self.store.reading() as tx:
            states = catalogue.source_states(tx, ids)
            if due_only:
                due = {s.source.id for s in catalogue.due_sources(tx, self.now(), 100_000)}
                states = [s for s in states if s.source.id in due]
        if ids is not None:
            missing = sorted(set(ids) - {s.source.id for s in states})
            if missing and not due_only:
                raise NotFound(f"There is no source “{missing[0]}”. “feedhub sources” lists those that exist.")
        yield from self._each([s.source for s in states], asked=not due_only)

    def refresh_due(self, limit: int = 500) -> list[CheckResult]:
        """Check what is due now, one host at a time in each thread; called by the clock."""
        with self.store.reading() as tx:
            due = catalogue.due_sources(tx, self.now(), limit)
        return list(self._each([s.source for s in due], asked=False))

    def count_sources(self, *, due_only: bool = False) -> int:
        """How many sources there are, or are due."""
        with self.store.reading() as tx:
            if due_only:
                return len(catalogue.due_sources(tx, self.now(), 100_000))
            return len(catalogue.source_states(tx))

    def claim_due(self, put: Callable[[object, str, str], None], limit: int = 500) -> int:
        """Hand every due source to `put(driver connection, source id, url)` and mark it, in one transaction."""
        now = self.now()
        with self.store.writing() as tx:
            due = catalogue.due_sources(tx, now, limit)
            for state in due:
                put(tx.connection.driver_connection, state.source.id, state.source.url)
                catalogue.set_state(tx, state.source.id, next_due=now + timedelta(seconds=2 * LEASE))
        return len(due)

    def _each(self, sources: Sequence[Source], *, asked: bool) -> Iterator[CheckResult]:
        by_host: dict[str, list[Source]] = defaultdict(list)
        for source in sources:
            by_host[urlsplit(source.url).netloc.lower()].append(source)
        queues = [list(reversed(q)) for q in by_host.values()]
        with ThreadPoolExecutor(max_workers=max(1, min(THREADS, len(queues))), thread_name_prefix="fetch") as pool:
            running: dict[Future[CheckResult], list[Source]] = {}
            for queue in queues:
                running[pool.submit(self.refresh, queue.pop().id, asked=asked)] = queue
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    queue = running.pop(future)
                    if queue:
                        running[pool.submit(self.refresh, queue.pop().id, asked=asked)] = queue
                    yield future.result()

    def refresh(self, source_id: str, *, asked: bool = False) -> CheckResult:
        """Check one source now. Never raises for what the source does; `asked` says a person waits for it."""
        began = time.monotonic()
        holder = secrets.token_hex(8)
        now = self.now()
        with self.store.writing() as tx:
            state = catalogue.get_source(tx, source_id)
            if state is None:
                raise NotFound(f"There is no source “{source_id}”.")
            if state.suspended:
                return CheckResult(source_id, Outcome.SKIPPED, "suspended", ms=_ms(began))
            token = collecting.take_lease(tx, f"source:{source_id}", holder, now, LEASE)
            authority = self.authority_of(tx, state.source.authority_id)
        if token is None:
            return CheckResult(source_id, Outcome.SKIPPED, "host_busy", ms=_ms(began))
        turn = _Turn(state, authority, token, began, asked)
        try:
            return self._turn(turn, holder)
        except LeaseLost:
            return CheckResult(source_id, Outcome.SKIPPED, "host_busy", ms=_ms(began))
        except FeedhubError as error:
            return self._failed(turn, FetchError("internal", str(error)))
        except Exception as error:  # noqa: BLE001 - one poisoned source must not stop the others
            return self._failed(turn, FetchError("internal", f"{type(error).__name__}: {error}"))
        finally:
            with self.store.writing() as tx:
                collecting.free_lease(tx, f"source:{source_id}", token, self.now())

    # -- one turn

    def _turn(self, turn: _Turn, holder: str) -> CheckResult:
        try:
            answer = self._fetch(turn, holder)
        except FetchError as error:
            return self._failed(turn, error)
        state = turn.state
        if isinstance(answer, NotModified) or (state.digest and _digest(answer) == state.digest):
            return self._repeated(turn, answer)
        now = self.now()
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{state.source.id}", turn.token, now)
            snapshot = collecting.put_snapshot(tx, state.source.id, answer, now)
        return self._read(turn, snapshot, answer)

    def _read(self, turn: _Turn, snapshot: Snapshot, answer: Fetched | NotModified) -> CheckResult:
        source, authority = turn.source, turn.authority
        seen = snapshot.at.astimezone(ZoneInfo(authority.zone)).date()
        try:
            options = options_for(source, snapshot, authority.country)
            judged = judge(snapshot.body, source.kind, options, source, authority, self.settings.detect_min, seen)
        except ReadError as error:
            return self._failed(turn, error)
        return self._record(turn, snapshot, judged, answer)

    def _record(self, turn: _Turn, snapshot: Snapshot, judged: Judged, answer: Fetched | NotModified) -> CheckResult:
        source, state, now = turn.source, turn.state, self.now()
        baseline = state.first_good is None
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"source:{source.id}")
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now)
            drafts = [evidenced(d, snapshot) for d in judged.drafts if relevant(d, self.taxonomy)]
            known = known_to(tx, drafts, source.id)
            sure, unsure = sift(drafts, known, self.settings.detect_min)
            if source.publish is PublishPolicy.REVIEW:
                sure, unsure = [d for d in sure if is_known(d, known)], [*unsure, *sure]
            today = now.astimezone(ZoneInfo(turn.authority.zone)).date()
            decision = decide(known, sure, now, source_id=source.id, complete=source.kind in COMPLETE, today=today)
            recorder.apply(decision, source_id=source.id, announce=not baseline)
            for draft in unsure:
                wait_for_curator(tx, draft, now, "unsure" if source.publish is not PublishPolicy.REVIEW else "review")
            if baseline:
                announce_ahead(recorder, f"First reading of {source.title}", recorder.done.notices, now)
            recorded = recorder.publish()
            outcome = _outcome(baseline=baseline, held=bool(decision.held), recorded=recorded)
            reason = "mass_absence" if decision.held else ""
            self._good(tx, turn, answer, outcome, reason, snapshot)
        return CheckResult(source.id, outcome, reason, recorded.changes, _ms(turn.began))

    def _repeated(self, turn: _Turn, answer: Fetched | NotModified) -> CheckResult:
        """A 304 or the same bytes: the last good reading stands, and what was missing is missing once more."""
        source, now = turn.source, self.now()
        with self.store.reading() as tx:
            own = notices.related(tx, source_id=source.id, authority_ids=(), refs=())
            sightings = [s for s in notices.sightings(tx, [n.id for n in own]) if s.source_id == source.id]
            pending = any(s.absences or s.missing for s in sightings)
            snapshot = collecting.get_snapshot(tx, turn.state.digest, source.id) if pending else None
        if snapshot is not None:
            return self._read(turn, snapshot, answer)
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now)
            notices.confirm(tx, [n.id for n in own if n.live], now)
            self._good(tx, turn, answer, Outcome.UNCHANGED, "", None)
        return CheckResult(source.id, Outcome.UNCHANGED, ms=_ms(turn.began))

    # -- politeness

    def _fetch(self, turn: _Turn, holder: str) -> Fetched | NotModified:
        source, state = turn.source, turn.state
        host = urlsplit(source.url).netloc.lower()
        token = self._host_turn(host, holder, asked=turn.asked)
        asked_again = Validators(state.etag, state.last_modified, state.validated) if state.digest else None
        gap, failed = GAP if self._foreign(source.url) else 0.0, False
        try:
            answer = self.fetcher.fetch(source, asked_again, self.now())
            gap = max(gap, answer.min_gap)
        except FetchError as error:
            failed = error.reason in ("connect", "timeout", "server_error", "dns", "tls")
            raise
        finally:
            self._host_done(host, token, gap, failed=failed)
        return answer

    def _foreign(self, url: str) -> bool:
        """False for an address written as a number of a network that the operator let through."""
        try:
            address = ipaddress.ip_address(urlsplit(url).hostname or "")
        except ValueError:
            return True
        return not any(address in n for n in self.settings.fetch_allow if n.version == address.version)

    def _host_turn(self, host: str, holder: str, *, asked: bool) -> int:
        patience = time.monotonic() + PATIENCE
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
            if time.monotonic() > patience:
                raise FetchError("host_busy", retry_after=60)
            left = (free_at - now).total_seconds() if free_at and free_at > now else 0.1
            if left > PATIENCE:
                raise FetchError("host_busy", retry_after=left)
            time.sleep(min(left, 1.0))

    def _host_done(self, host: str, token: int, gap: float, *, failed: bool) -> None:
        now = self.now()
        with self.store.writing() as tx:
            _, _, failures = collecting.host_state(tx, host)
            failures = failures + 1 if failed else 0
            pause = (
                timedelta(minutes=min(24 * 60, 15 * 2 ** min(10, failures - BREAKER))) if failures >= BREAKER else None
            )
            collecting.put_host(
                tx,
                host,
                free_at=now + timedelta(seconds=gap),
                open_until=now + pause if pause else None,
                failures=failures,
            )
            collecting.free_lease(tx, f"host:{host}", token, now)

    # -- how it ended

    def _good(
        self,
        tx: Tx,
        turn: _Turn,
        answer: Fetched | NotModified,
        outcome: Outcome,
        reason: str,
        snapshot: Snapshot | None,
    ) -> None:
        now, source = self.now(), turn.source
        values: dict[str, object] = {
            "last_checked": now,
            "last_good": now,
            "first_good": turn.state.first_good or now,
            "outcome": outcome.value,
            "reason": reason,
            "detail": "",
            "failures": 0,
            "failing": False,
            "next_due": next_due(now, source.every, answer.fresh_for, None, 0, random.random()),  # noqa: S311
        }
        if isinstance(answer, Fetched):
            v = answer.validators
            values |= {"etag": v.etag, "last_modified": v.last_modified, "validated": v.fetched or now}
        if snapshot is not None:
            values["digest"] = snapshot.digest
        catalogue.set_state(tx, source.id, **values)
        collecting.put_check(tx, source.id, now, outcome.value, reason, "", _ms(turn.began))

    def _failed(self, turn: _Turn, error: FetchError | ReadError) -> CheckResult:
        """Note a failed or doubtful check; nothing that is published changes (law 3)."""
        now, source = self.now(), turn.source
        outcome = Outcome(REASONS[error.reason].outcome)
        failures = turn.state.failures + (0 if outcome is Outcome.SKIPPED else 1)
        retry = error.retry_after if isinstance(error, FetchError) else None
        due = next_due(now, source.every, None, retry, failures, random.random())  # noqa: S311
        if outcome is Outcome.SKIPPED and retry is not None:
            due = now + timedelta(seconds=retry)
        values: dict[str, object] = {
            "last_checked": now,
            "outcome": outcome.value,
            "reason": error.reason,
            "detail": error.detail[:500],
            "failures": failures,
            "next_due": due,
        }
        if error.reason in _LAST or (error.reason == "not_found" and failures >= 5):
            values |= {"suspended": True, "suspended_why": error.reason}
        with self.store.writing() as tx:
            catalogue.set_state(tx, source.id, **values)
            collecting.put_check(tx, source.id, now, outcome.value, error.reason, error.detail, _ms(turn.began))
        return CheckResult(source.id, outcome, error.reason, ms=_ms(turn.began), detail=str(error))


def _outcome(*, baseline: bool, held: bool, recorded: Recorded) -> Outcome:
    if held:
        return Outcome.HELD
    if baseline:
        return Outcome.BASELINE
    return Outcome.CHANGED if recorded.notices else Outcome.UNCHANGED


def _digest(answer: Fetched) -> str:
    return hashlib.sha256(answer.body).hexdigest()


def _ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
