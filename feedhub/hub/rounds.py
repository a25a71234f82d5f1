"""Watching sources: one verb for web, CLI, clock and worker, and the rounds in which many sources are checked.

A host is visited by one thread at a time. What a round costs beside its fetches is shared: leases are taken, and what
brought nothing new is written, in one transaction for many sources of many hosts.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedhub.errors import FeedhubError, FetchError, LeaseLost, NotFound
from feedhub.hub.collect import Collect, Turn, good_state
from feedhub.hub.outages import watch
from feedhub.hub.politeness import (
    LEASE,
    TROUBLE,
    Heard,
    fair,
    host_of,
    patience,
    rested,
    seconds_left,
    turned_away,
)
from feedhub.model import Authority, CheckResult, Fetched, NotModified, Outcome, Source
from feedhub.store import Tx, catalogue, collecting, notices, sightings
from feedhub.store.collecting import Check, Host

#: Threads that fetch; each has one host at a time.
THREADS = 8
#: Sources of one visit at most, where the host asks for no gap, and seconds after which a visit ends.
SHARE, VISIT = 25, 5.0


@dataclass
class _Line:
    """The sources of one host that wait; `at` and `until` (monotonic seconds): the next try, and the end of patience."""

    host: str
    share: int
    sources: deque[Source] = field(default_factory=deque)
    at: float = 0.0
    until: float = 0.0

    def next_share(self) -> list[Source]:
        """What one visit may take: a source of many pages alone, as it takes its host's turns by itself."""
        taken: list[Source] = []
        for source in self.sources:
            if len(taken) == self.share or (taken and (source.paged or taken[0].paged)):
                break
            taken.append(source)
        return taken


#: A check that brought nothing new: its turn, the answer, and milliseconds.
_Quiet = tuple[Turn, Fetched | NotModified, int]


@dataclass
class _Visit:
    """One host's stay: what is to be checked, the leases, and how each check ended; `skipped` were not begun."""

    line: _Line
    host: Host
    turns: list[Turn]
    leases: dict[str, int]
    results: list[CheckResult] = field(default_factory=list)
    quiet: list[_Quiet] = field(default_factory=list)
    skipped: int = 0
    heard: Heard = field(default_factory=lambda: Heard(None, None, 0.0, failed=False))


class Rounds(Collect):
    """The verbs of watching."""

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
        yield from self._check_all([s.source for s in states], asked=not due_only)

    def refresh(self, source_id: str, *, asked: bool = False) -> CheckResult:
        """Check one source now. Never raises for what the source does; `asked` says a person waits for it."""
        with self.store.reading() as tx:
            state = catalogue.get_source(tx, source_id)
        if state is None:
            raise NotFound(f"There is no source “{source_id}”.")
        (result,) = self._check_all([state.source], asked=asked)
        return result

    def refresh_due(self, limit: int = 500) -> list[CheckResult]:
        """Check what is due now; called by the clock."""
        with self.store.reading() as tx:
            due = catalogue.due_sources(tx, self.now(), 100_000)
        return list(self._check_all([s.source for s in fair(due, limit)], asked=False))

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

    # -- a round

    def _check_all(self, sources: Sequence[Source], *, asked: bool) -> Iterator[CheckResult]:
        """Check sources, hosts in turn; yields each result when it is written."""
        holder = secrets.token_hex(8)
        waiting = self._lines(sources)
        running: dict[Future[None], _Visit] = {}
        with ThreadPoolExecutor(min(THREADS, len(waiting)) or 1, thread_name_prefix="fetch") as pool:
            try:
                while waiting or running:
                    begun = self._begin(waiting, THREADS - len(running), holder, asked=asked)
                    running |= {pool.submit(self._visit, v): v for v in begun if v.turns}
                    ended = [v for v in begun if not v.turns]
                    ended += [running.pop(future) for future in _next(running, waiting, at_once=bool(ended))]
                    yield from self._end(ended, asked=asked)
                    waiting += [v.line for v in ended if v.line.sources]
            finally:  # somebody lost interest, or the database failed: what runs is written, and leases are given back
                wait(running)
                self._end(list(running.values()), asked=asked)

    def _lines(self, sources: Iterable[Source]) -> list[_Line]:
        lines: dict[str, _Line] = {}
        for source in sources:
            line = lines.setdefault(host_of(source.url), _Line(host_of(source.url), SHARE))
            line.share = 1 if self.gap_of(source) else line.share
            line.sources.append(source)
        return list(lines.values())

    # -- the beginning of visits

    def _begin(self, waiting: list[_Line], free: int, holder: str, *, asked: bool) -> list[_Visit]:
        """Take from `waiting` the lines of hosts that are free, or that are turned away: those have results only."""
        ready = [line for line in waiting if line.at <= time.monotonic()][:free]
        if not ready:
            return []
        now, visits = self.now(), list[_Visit]()
        with self.store.writing() as tx:
            hosts = collecting.hosts(tx, [line.host for line in ready])
            idle = [
                x
                for x in ready
                if not (seconds_left(hosts[x.host], now) or turned_away(hosts[x.host], now, asked=asked))
            ]
            tokens = collecting.take_leases(tx, [_host(line) for line in idle], holder, now, LEASE)
            turns = self._turns(tx, [line for line in idle if _host(line) in tokens], holder, asked=asked)
            for line in ready:
                if _host(line) in tokens:
                    visits.append(_open(line, hosts[line.host], tokens[_host(line)], turns))
                elif error := _refusal(line, hosts[line.host], now, asked=asked):
                    visits.append(self._turn_away(tx, line, error))
        for visit in visits:
            waiting.remove(visit.line)
        return visits

    def _turns(self, tx: Tx, lines: Sequence[_Line], holder: str, *, asked: bool) -> dict[str, Turn | CheckResult]:
        """By source id what the next share of each line begins with, or why it does not begin."""
        now = self.now()
        ids = [s.id for line in lines for s in line.next_share()]
        states = {s.source.id: s for s in catalogue.source_states(tx, ids) if not s.suspended}
        tokens = collecting.take_leases(tx, [f"source:{i}" for i in states], holder, now, LEASE)
        known = catalogue.authorities(tx, {s.source.authority_id for s in states.values()})
        seen = sightings.seen_on(tx, list(states))
        out: dict[str, Turn | CheckResult] = {}
        for i in ids:
            if i not in states:
                out[i] = CheckResult(i, Outcome.SKIPPED, "suspended")
            elif (token := tokens.get(f"source:{i}")) is None:
                out[i] = CheckResult(i, Outcome.SKIPPED, "host_busy")
            else:
                name = states[i].source.authority_id
                out[i] = Turn(states[i], known.get(name) or Authority(name, name), seen[i], holder, token, asked)
        return out

    def _turn_away(self, tx: Tx, line: _Line, error: FetchError) -> _Visit:
        """Put off every source of a host that cannot be asked now."""
        visit = _Visit(line, Host(), [], {})
        if error.retry_after is not None:
            due = self.now() + timedelta(seconds=error.retry_after)
            catalogue.set_states(tx, {s.id: {"next_due": due} for s in line.sources})
        visit.results += [CheckResult(s.id, Outcome.SKIPPED, error.reason, detail=str(error)) for s in line.sources]
        line.sources.clear()
        return visit

    # -- a visit

    def _visit(self, visit: _Visit) -> None:
        """Check one source after the other, until the host asks for a gap, fails, or the visit took long enough."""
        until = time.monotonic() + VISIT
        for turn in visit.turns:
            self._check(visit, replace(turn, began=time.monotonic()))
            if visit.heard.gap or visit.heard.failed or time.monotonic() > until:
                break

    def _check(self, visit: _Visit, turn: Turn) -> None:
        try:
            result = self.walk(turn) if turn.source.paged else self._ask(visit, turn)
        except LeaseLost:
            result = CheckResult(turn.source.id, Outcome.SKIPPED, "host_busy", ms=turn.ms)
        except Exception as error:  # noqa: BLE001 - one poisoned source must not stop the others
            why = str(error) if isinstance(error, FeedhubError) else f"{type(error).__name__}: {error}"
            result = self.failed(turn, FetchError("internal", why))
        if result is None:
            visit.quiet.append((turn, visit.heard.answer or NotModified(turn.source.url), turn.ms))
        else:
            visit.results.append(result)

    def _ask(self, visit: _Visit, turn: Turn) -> CheckResult | None:
        visit.heard = self.ask(turn.source, turn.validators)
        if visit.heard.error is not None:
            return self.failed(turn, visit.heard.error)
        return self.answered(turn, visit.heard.or_raise())

    # -- the end of visits

    def _end(self, visits: Sequence[_Visit], *, asked: bool) -> list[CheckResult]:
        """Write what brought nothing new, give the leases back, and put what was not reached back into its line."""
        if any(v.leases for v in visits):
            with self.store.writing() as tx:
                leases = {name: token for v in visits for name, token in v.leases.items()}
                ours = collecting.still_held(tx, leases)
                now = self.now()
                self._write_quiet(tx, [q for v in visits for q in v.quiet if f"source:{q[0].source.id}" in ours])
                asked_hosts = [v for v in visits if v.heard.used and _host(v.line) in ours]
                collecting.put_hosts(tx, {v.line.host: rested(v.host, now, v.heard) for v in asked_hosts})
                collecting.free_leases(tx, {name: leases[name] for name in ours}, now)
            for visit in visits:
                visit.results += [_quiet_result(q, f"source:{q[0].source.id}" in ours) for q in visit.quiet]
        for visit in visits:
            line, reached = visit.line, len(visit.results) - visit.skipped
            line.sources.extendleft(t.source for t in reversed(visit.turns[reached:]))
            if not asked and any(r.reason in TROUBLE for r in visit.results):
                line.sources.clear()  # they stay due; other hosts must not wait for this one
            line.at, line.until = time.monotonic() + min(visit.heard.gap, 1.0), 0.0
        return [r for v in visits for r in v.results]

    def _write_quiet(self, tx: Tx, quiet: Sequence[_Quiet]) -> None:
        now = self.now()
        catalogue.set_states(tx, {t.source.id: good_state(t, a, Outcome.UNCHANGED, now) for t, a, _ in quiet})
        collecting.put_checks(tx, {t.source.id: Check(now, Outcome.UNCHANGED.value, ms=ms) for t, _, ms in quiet})
        notices.confirm(tx, [s.notice_id for t, _, _ in quiet for s in t.seen if s.live], now)
        for turn, _, _ in quiet:
            if turn.state.failing:
                watch(tx, turn.source.id, now, "")


def _host(line: _Line) -> str:
    return f"host:{line.host}"


def _open(line: _Line, host: Host, token: int, found: Mapping[str, Turn | CheckResult]) -> _Visit:
    """The next share of a line as a visit."""
    visit = _Visit(line, host, [], {_host(line): token})
    for source in line.next_share():
        line.sources.popleft()
        begun = found[source.id]
        if isinstance(begun, Turn):
            visit.turns.append(begun)
            visit.leases[f"source:{source.id}"] = begun.token
        else:
            visit.results.append(begun)
    visit.skipped = len(visit.results)
    return visit


def _refusal(line: _Line, host: Host, now: datetime, *, asked: bool) -> FetchError | None:
    """Why a line whose host is not free is turned away; None when it waits a little longer."""
    if error := turned_away(host, now, asked=asked):
        return error
    started, left = time.monotonic(), seconds_left(host, now)
    line.until = line.until or started + patience(asked=asked)
    if started > line.until:
        return FetchError("host_busy", retry_after=max(left, 10.0))
    line.at = started + min(left or 0.1, 1.0)
    return None


def _next(running: Mapping[Future[None], _Visit], waiting: Sequence[_Line], *, at_once: bool) -> list[Future[None]]:
    """Wait for a visit to end or a line to be ready; the visits that ended. Raises what a visit raised."""
    pause = max(0.0, min((line.at for line in waiting), default=0.0) - time.monotonic())
    if at_once:
        pause = 0.0
    if not running:
        time.sleep(pause)
        return []
    full = len(running) == THREADS or not waiting
    done, _ = wait(running, None if full and not at_once else pause, FIRST_COMPLETED)
    for future in done:
        future.result()
    return list(done)


def _quiet_result(quiet: _Quiet, held: bool) -> CheckResult:
    turn, _, ms = quiet
    if held:
        return CheckResult(turn.source.id, Outcome.UNCHANGED, ms=ms)
    return CheckResult(turn.source.id, Outcome.SKIPPED, "host_busy", ms=ms)
