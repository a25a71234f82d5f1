"""Watching sources: fetch, keep, read, judge, record, and say how it ended. One verb for web, CLI, clock and worker."""

from __future__ import annotations

import hashlib
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feedhub.changes import decide
from feedhub.errors import REASONS, FeedhubError, FetchError, LeaseLost, NotFound, ReadError
from feedhub.fetch.hints import next_due
from feedhub.hub import paging
from feedhub.hub.judging import COMPLETE, Judged, judge, options_for, relevant, sift
from feedhub.hub.matching import announce_ahead, evidenced, is_known, known_to, of_source, wait_for_curator
from feedhub.hub.outages import watch
from feedhub.hub.paging import Place
from feedhub.hub.politeness import GAP, LEASE, PATIENCE, TROUBLE, WORKER_PATIENCE, Politeness, fair, host_of
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

#: Threads that fetch; each has one host at a time.
THREADS = 8
#: So many changes are told in one result at most.
TOLD = 50
#: Reasons after which a source is not asked again until a person resumes it.
_LAST = {"gone", "forbidden"}
#: Reasons that say nothing about a source: its host is busy, or left in peace.
_ELSEWHERE = frozenset({"host_busy", "circuit_open"})


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


class Collect(Politeness):
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
            due = catalogue.due_sources(tx, self.now(), 100_000)
        return list(self._each([s.source for s in fair(due, limit)], asked=False))

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
            due = fair(catalogue.due_sources(tx, now, 100_000), limit)
            for state in due:
                put(tx.connection.driver_connection, state.source.id, state.source.url)
                catalogue.set_state(tx, state.source.id, next_due=now + timedelta(seconds=2 * LEASE))
        return len(due)

    def _each(self, sources: Sequence[Source], *, asked: bool) -> Iterator[CheckResult]:
        by_host: dict[str, list[Source]] = defaultdict(list)
        for source in sources:
            by_host[host_of(source.url)].append(source)
        queues = [list(reversed(q)) for q in by_host.values()]
        with ThreadPoolExecutor(max_workers=max(1, min(THREADS, len(queues))), thread_name_prefix="fetch") as pool:
            running: dict[Future[CheckResult], list[Source]] = {}
            for queue in queues:
                running[pool.submit(self.refresh, queue.pop().id, asked=asked)] = queue
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    queue, result = running.pop(future), future.result()
                    if not asked and result.reason in (TROUBLE | _ELSEWHERE):
                        queue.clear()  # they stay due; other hosts must not wait for this one
                    if queue:
                        running[pool.submit(self.refresh, queue.pop().id, asked=asked)] = queue
                    yield result

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
            return self._walk(turn, holder) if state.source.paged else self._turn(turn, holder)
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
        state = turn.state
        asked_again = Validators(state.etag, state.last_modified, state.validated) if state.digest else None
        try:
            answer = self.fetch_politely(state.source, asked_again, holder, asked=turn.asked)
        except FetchError as error:
            return self._failed(turn, error)
        if isinstance(answer, NotModified) or (state.digest and _digest(answer) == state.digest):
            return self._repeated(turn, answer)
        now = self.now()
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{state.source.id}", turn.token, now)
            snapshot = collecting.put_snapshot(tx, state.source.id, answer, now)
        return self._read(turn, snapshot, answer)

    def _read(self, turn: _Turn, snapshot: Snapshot, answer: Fetched | NotModified) -> CheckResult:
        try:
            judged = self._judged(turn, snapshot)
        except ReadError as error:
            return self._failed(turn, error)
        return self._record(turn, snapshot, judged, answer)

    def _judged(self, turn: _Turn, snapshot: Snapshot, place: Place | None = None) -> Judged:
        source, authority = turn.source, turn.authority
        seen = snapshot.at.astimezone(ZoneInfo(authority.zone)).date()
        options = options_for(source, snapshot, authority.country)
        if place is not None:
            first = not (place.page or source.window)  # a later page, or a span of time, may be empty
            options = replace(options, cursor=source.cursor, at_least=source.at_least if first else 0)
        return judge(snapshot.body, source.kind, options, source, authority, self.settings.detect_min, seen)

    def _record(
        self, turn: _Turn, snapshot: Snapshot, judged: Judged, answer: Fetched | NotModified, place: Place | None = None
    ) -> CheckResult:
        """Write what a page says. `place` is where a source of many pages stands afterwards."""
        source, now = turn.source, self.now()
        baseline = turn.state.first_good is None
        over = place is None or not place.walking
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"source:{source.id}")
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now, LEASE)
            drafts = [evidenced(d, snapshot) for d in judged.drafts if relevant(d, self.taxonomy)]
            known = known_to(tx, drafts, source.id, whole=place is None)
            sure, unsure = sift(drafts, known, self.settings.detect_min)
            if source.publish is PublishPolicy.REVIEW:
                sure, unsure = [d for d in sure if is_known(d, known)], [*unsure, *sure]
            today = now.astimezone(ZoneInfo(turn.authority.zone)).date()
            complete = source.kind in COMPLETE and place is None
            decision = decide(known, sure, now, source_id=source.id, complete=complete, today=today)
            recorder.apply(decision, source_id=source.id, announce=not baseline)
            for draft in unsure:
                wait_for_curator(tx, draft, now, "unsure" if source.publish is not PublishPolicy.REVIEW else "review")
            if baseline and over:
                found = recorder.done.notices if place is None else of_source(tx, source.id)
                announce_ahead(recorder, f"First reading of {source.title}", found, now)
            recorded = recorder.publish()
            outcome = _outcome(baseline=baseline, held=bool(decision.held), recorded=recorded)
            reason = "mass_absence" if decision.held else ""
            self._good(tx, turn, answer, outcome, reason, snapshot, place)
        return CheckResult(source.id, outcome, reason, recorded.changes, _ms(turn.began))

    # -- many pages of one query

    def _walk(self, turn: _Turn, holder: str) -> CheckResult:
        """Read pages until the walk is over, this turn has had its share, or the host must be left in peace."""
        source, zone, done = turn.source, turn.authority.zone, list[CheckResult]()
        place = paging.begin(source, paging.place_of(turn.state.cursor), self.now(), zone)
        if place is None:
            return self._repeated(turn, NotModified(source.url))
        while len(done) < source.max_pages:
            if done and self.host_wait(source.url) > (PATIENCE if turn.asked else WORKER_PATIENCE):
                break
            try:
                snapshot, answer = self._page(turn, place, holder)
                judged = self._judged(turn, snapshot, place)
            except (FetchError, ReadError) as error:
                refused = isinstance(error, FetchError) and error.reason in ("http_error", "not_found")
                return self._failed(turn, error, paging.again(place, refused=refused))
            place = paging.after(source, place, judged.reading.next_page, zone)
            done.append(self._record(turn, snapshot, judged, answer, place))
            if not place.walking:
                break
        outcome = next((r.outcome for r in done if r.outcome is not Outcome.UNCHANGED), Outcome.UNCHANGED)
        with self.store.writing() as tx:
            self._note(tx, turn, outcome, "", "")
        changes = [c for r in done for c in r.changes]
        more = "" if not place.walking else f"{place.page} pages read, more follow"
        said = tuple(changes[:TOLD])
        return CheckResult(source.id, outcome, "", said, _ms(turn.began), detail=more if not said else "")

    def _page(self, turn: _Turn, place: Place, holder: str) -> tuple[Snapshot, Fetched | NotModified]:
        """The page at a place, kept together with the place; one that a crash left unread is not asked for again."""
        source = turn.source
        if place.pending:
            with self.store.reading() as tx:
                kept = collecting.get_snapshot(tx, place.pending, source.id)
            if kept is not None:
                return kept, NotModified(kept.url)
        asked = paging.request(source, place, turn.authority.zone)
        answer = self.fetch_politely(asked, None, holder, asked=turn.asked)
        if not isinstance(answer, Fetched):
            raise FetchError("bad_304")
        now = self.now()
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now, LEASE)
            snapshot = collecting.put_snapshot(tx, source.id, answer, now)
            catalogue.set_state(tx, source.id, cursor=replace(place, pending=snapshot.digest).text())
        return snapshot, answer

    def _repeated(self, turn: _Turn, answer: Fetched | NotModified) -> CheckResult:
        """A 304 or the same bytes: the last good reading stands, and what was missing is missing once more."""
        source, now = turn.source, self.now()
        with self.store.reading() as tx:
            own = notices.related(tx, source_id=source.id, authority_ids=(), refs=())
            sightings = [s for s in notices.sightings(tx, [n.id for n in own]) if s.source_id == source.id]
            pending = turn.state.outcome == Outcome.HELD or any(s.absences or s.missing for s in sightings)
            snapshot = collecting.get_snapshot(tx, turn.state.digest, source.id) if pending else None
        if snapshot is not None:
            return self._read(turn, snapshot, answer)
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now)
            notices.confirm(tx, [n.id for n in own if n.live], now)
            self._good(tx, turn, answer, Outcome.UNCHANGED, "", None)
        return CheckResult(source.id, Outcome.UNCHANGED, ms=_ms(turn.began))

    # -- how it ended

    def _good(
        self,
        tx: Tx,
        turn: _Turn,
        answer: Fetched | NotModified,
        outcome: Outcome,
        reason: str,
        snapshot: Snapshot | None,
        place: Place | None = None,
    ) -> None:
        now, source = self.now(), turn.source
        over = place is None or not place.walking
        values: dict[str, object] = {
            "last_checked": now,
            "last_good": now,
            "first_good": turn.state.first_good or (now if over else None),
            "outcome": outcome.value,
            "reason": reason,
            "detail": "",
            "failures": 0,
            "next_due": next_due(now, source.every, answer.fresh_for, None, 0, random.random())  # noqa: S311
            if over
            else now + timedelta(seconds=max(source.gap, GAP)),
        }
        if place is not None:
            values["cursor"] = place.text()
        elif isinstance(answer, Fetched):
            v = answer.validators
            values |= {"etag": v.etag, "last_modified": v.last_modified, "validated": v.fetched or now}
        if snapshot is not None:
            values["digest"] = snapshot.digest
        catalogue.set_state(tx, source.id, **values)
        if place is None:
            self._note(tx, turn, outcome, reason, "")

    def _note(
        self, tx: Tx, turn: _Turn, outcome: Outcome, reason: str, detail: str, *, suspended: bool = False
    ) -> None:
        """Note how the check ended, and whether operators must be told of an outage or a recovery."""
        now = self.now()
        collecting.put_check(tx, turn.source.id, now, outcome.value, reason, detail, _ms(turn.began))
        if turn.state.failing or reason:  # a good check begins no outage
            watch(tx, turn.source.id, now, reason, suspended=suspended)

    def _failed(self, turn: _Turn, error: FetchError | ReadError, place: Place | None = None) -> CheckResult:
        """Note a failed or doubtful check; nothing that is published changes (law 3)."""
        now, source = self.now(), turn.source
        outcome = Outcome(REASONS[error.reason].outcome)
        failures = turn.state.failures + (0 if outcome is Outcome.SKIPPED else 1)
        values: dict[str, object] = {"next_due": self._due(turn, error, failures, outcome, now)}
        if place is not None:
            values["cursor"] = place.text()
        last = error.reason in _LAST or (error.reason == "not_found" and failures >= 5)
        if last:
            values |= {"suspended": True, "suspended_why": error.reason}
        if error.reason not in _ELSEWHERE:
            values |= {
                "last_checked": now,
                "outcome": outcome.value,
                "reason": error.reason,
                "detail": error.detail[:500],
                "failures": failures,
            }
        try:
            with self.store.writing() as tx:
                collecting.hold_lease(tx, f"source:{source.id}", turn.token, now)
                catalogue.set_state(tx, source.id, **values)
                if error.reason not in _ELSEWHERE:
                    self._note(tx, turn, outcome, error.reason, error.detail, suspended=last)
        except LeaseLost:
            return CheckResult(source.id, Outcome.SKIPPED, "host_busy", ms=_ms(turn.began))
        return CheckResult(source.id, outcome, error.reason, ms=_ms(turn.began), detail=str(error))

    @staticmethod
    def _due(turn: _Turn, error: FetchError | ReadError, failures: int, outcome: Outcome, now: datetime) -> datetime:
        retry = error.retry_after if isinstance(error, FetchError) else None
        if outcome is Outcome.SKIPPED and retry is not None:
            return now + timedelta(seconds=retry)
        return next_due(now, turn.source.every, None, retry, failures, random.random())  # noqa: S311


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
