"""What becomes of one source that is checked: keep, read, judge, record, and say how it ended."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feedhub import readers
from feedhub.changes import decide
from feedhub.errors import REASONS, FetchError, LeaseLost, ReadError
from feedhub.fetch.hints import next_due
from feedhub.hub import paging
from feedhub.hub.judging import COMPLETE, Judged, judge, options_for, relevant, said_by, sift
from feedhub.hub.matching import announce_ahead, evidenced, is_known, known_to, of_source, wait_for_curator
from feedhub.hub.outages import watch
from feedhub.hub.paging import Place
from feedhub.hub.politeness import GAP, LEASE, Politeness, patience
from feedhub.hub.record import Recorded, Recorder
from feedhub.hub.reviewing import recalled
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
from feedhub.readers import Reading
from feedhub.store import Tx, catalogue, collecting, desk
from feedhub.store.catalogue import SourceState
from feedhub.store.collecting import Check
from feedhub.store.sightings import Seen

#: So many changes are told in one result at most.
TOLD = 50
#: Reasons after which a source is not asked again until a person resumes it.
_LAST = {"gone", "forbidden"}
#: Reasons that say nothing about a source: its host is busy, or left in peace.
_ELSEWHERE = frozenset({"host_busy", "circuit_open"})
#: Columns that say what to ask again with; a walk asks for each page once.
_VALIDATORS = frozenset({"etag", "last_modified", "validated"})


@dataclass(frozen=True)
class Turn:
    """One check under way: the source's state, its authority, what was seen on it, the lease, and when it began."""

    state: SourceState
    authority: Authority
    seen: Sequence[Seen]
    holder: str
    token: int
    asked: bool
    began: float = 0.0

    @property
    def source(self) -> Source:
        """The source as it stands."""
        return self.state.source

    @property
    def validators(self) -> Validators | None:
        """What to ask again with; None before the first good answer."""
        s = self.state
        return Validators(s.etag, s.last_modified, s.validated) if s.digest else None

    @property
    def waits(self) -> bool:
        """True when something was held or missing, so that even a page that says the same must be judged again."""
        return self.state.outcome == Outcome.HELD or any(s.missing for s in self.seen)

    @property
    def ms(self) -> int:
        """Milliseconds since the check began."""
        return int((time.monotonic() - self.began) * 1000)


class Collect(Politeness):
    """What becomes of one source that is checked. Its lease is taken and given back in `rounds`."""

    def answered(self, turn: Turn, answer: Fetched | NotModified) -> CheckResult | None:
        """Keep, read, judge and record an answer; None when it says what the last one said."""
        state = turn.state
        if isinstance(answer, NotModified) or (state.digest and _digest(answer) == state.digest):
            return self._repeated(turn, answer)
        now = self.now()
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{state.source.id}", turn.token, now)
            snapshot = collecting.put_snapshot(tx, state.source.id, answer, now)
        return self._read(turn, snapshot, answer)

    def _repeated(self, turn: Turn, answer: Fetched | NotModified) -> CheckResult | None:
        """A 304 or the same bytes: the last good reading stands, and what was missing is missing once more."""
        if not turn.waits:
            return None
        with self.store.reading() as tx:
            snapshot = collecting.get_snapshot(tx, turn.state.digest, turn.source.id)
        return self._read(turn, snapshot, answer) if snapshot is not None else None

    def _read(self, turn: Turn, snapshot: Snapshot, answer: Fetched | NotModified) -> CheckResult | None:
        try:
            reading = self._reading(turn, snapshot)
        except ReadError as error:
            return self.failed(turn, error)
        if said_by(reading) == turn.state.said and not turn.waits and _over(answer, None):
            return None
        return self._record(turn, snapshot, self._judged(turn, snapshot, reading), answer)

    def _reading(self, turn: Turn, snapshot: Snapshot, place: Place | None = None) -> Reading:
        options = options_for(turn.source, snapshot, turn.authority.country)
        if place is not None:
            first = not (place.page or turn.source.window)  # a later page, or a span of time, may be empty
            at_least = turn.source.at_least if first else 0
            options = replace(options, cursor=turn.source.cursor, at_least=at_least)
        return readers.read(snapshot.body, turn.source.kind, options)

    def _judged(self, turn: Turn, snapshot: Snapshot, reading: Reading) -> Judged:
        seen = snapshot.at.astimezone(ZoneInfo(turn.authority.zone)).date()
        return judge(reading, turn.source, turn.authority, self.settings.detect_min, seen)

    def _record(
        self, turn: Turn, snapshot: Snapshot, judged: Judged, answer: Fetched | NotModified, place: Place | None = None
    ) -> CheckResult:
        """Write what a page says. `place` is where a source of many pages stands afterwards."""
        source, now = turn.source, self.now()
        baseline = turn.state.first_good is None
        over = _over(answer, place)
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"source:{source.id}")
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now, LEASE)
            drafts = [evidenced(d, snapshot) for d in judged.drafts if relevant(d, self.taxonomy)]
            drafts = recalled(drafts, desk.corrections(tx, source.id))
            known = known_to(tx, drafts, source.id, now, whole=place is None)
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
                announce_ahead(recorder, f"First reading of {source.title}", of_source(tx, source.id), now)
            recorded = recorder.publish()
            outcome = _outcome(baseline=baseline, held=bool(decision.held), recorded=recorded)
            reason = "mass_absence" if decision.held else ""
            self._good(tx, turn, answer, outcome, reason, judged.reading, place)
        return CheckResult(source.id, outcome, reason, recorded.changes, turn.ms)

    # -- many pages of one query

    def walk(self, turn: Turn) -> CheckResult | None:
        """Read pages until the walk is over, this turn has had its share, or the host must be left in peace.

        None when no page is to be asked for now.
        """
        source, zone, done = turn.source, turn.authority.zone, list[CheckResult]()
        place = paging.begin(source, paging.place_of(turn.state.cursor), self.now(), zone)
        if place is None:
            return None
        while len(done) < source.max_pages:
            if done and self.host_wait(source.url) > patience(asked=turn.asked):
                break
            try:
                snapshot, answer = self._page(turn, place)
                judged = self._judged(turn, snapshot, self._reading(turn, snapshot, place))
            except (FetchError, ReadError) as error:
                refused = isinstance(error, FetchError) and error.reason in ("http_error", "not_found")
                return self.failed(turn, error, paging.again(place, refused=refused))
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
        return CheckResult(source.id, outcome, "", said, turn.ms, detail=more if not said else "")

    def _page(self, turn: Turn, place: Place) -> tuple[Snapshot, Fetched | NotModified]:
        """The page at a place, kept together with the place; one that a crash left unread is not asked for again."""
        source = turn.source
        if place.pending:
            with self.store.reading() as tx:
                kept = collecting.get_snapshot(tx, place.pending, source.id)
            if kept is not None:
                return kept, NotModified(kept.url)
        asked = paging.request(source, place, turn.authority.zone)
        answer = self.fetch_politely(asked, turn.holder, asked=turn.asked)
        if not isinstance(answer, Fetched):
            raise FetchError("bad_304")
        now = self.now()
        with self.store.writing() as tx:
            collecting.hold_lease(tx, f"source:{source.id}", turn.token, now, LEASE)
            snapshot = collecting.put_snapshot(tx, source.id, answer, now)
            catalogue.set_state(tx, source.id, cursor=replace(place, pending=snapshot.digest).text())
        return snapshot, answer

    # -- how it ended

    def _good(
        self,
        tx: Tx,
        turn: Turn,
        answer: Fetched | NotModified,
        outcome: Outcome,
        reason: str,
        reading: Reading,
        place: Place | None = None,
    ) -> None:
        """What the reader had to say to the operator of a page that was read all the same stands as its detail."""
        now, source = self.now(), turn.source
        warned = "; ".join(reading.warnings)[:500]
        values = good_state(turn, answer, outcome, now) | {"reason": reason, "detail": warned, "said": said_by(reading)}
        if place is not None:
            values = {k: v for k, v in values.items() if k not in _VALIDATORS} | {"cursor": place.text()}
        if not _over(answer, place):
            soon = now + timedelta(seconds=max(source.gap, GAP))
            values |= {"first_good": turn.state.first_good, "next_due": soon}
        catalogue.set_state(tx, source.id, **values)
        if place is None:
            self._note(tx, turn, outcome, reason, warned)

    def _note(self, tx: Tx, turn: Turn, outcome: Outcome, reason: str, detail: str, *, suspended: bool = False) -> None:
        """Note how the check ended, and whether operators must be told of an outage or a recovery."""
        now = self.now()
        ended = Check(now, outcome.value, reason, detail, turn.ms)
        collecting.put_checks(tx, {turn.source.id: ended})
        if turn.state.failing or reason:  # a good check begins no outage
            watch(tx, turn.source.id, now, reason, suspended=suspended)

    def failed(self, turn: Turn, error: FetchError | ReadError, place: Place | None = None) -> CheckResult:
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
            return CheckResult(source.id, Outcome.SKIPPED, "host_busy", ms=turn.ms)
        return CheckResult(source.id, outcome, error.reason, ms=turn.ms, detail=str(error))

    @staticmethod
    def _due(turn: Turn, error: FetchError | ReadError, failures: int, outcome: Outcome, now: datetime) -> datetime:
        retry = error.retry_after if isinstance(error, FetchError) else None
        if outcome is Outcome.SKIPPED and retry is not None:
            return now + timedelta(seconds=retry)
        return next_due(now, turn.source.every, None, retry, failures, random.random())  # noqa: S311


def good_state(turn: Turn, answer: Fetched | NotModified, outcome: Outcome, now: datetime) -> dict[str, object]:
    """The columns of a source's state after a good check; what the reader warned of then still holds."""
    state = turn.state
    v, digest = Validators(state.etag, state.last_modified, state.validated), state.digest
    if isinstance(answer, Fetched):
        v, digest = replace(answer.validators, fetched=answer.validators.fetched or now), _digest(answer)
    return {
        "last_checked": now,
        "last_good": now,
        "first_good": state.first_good or now,
        "outcome": outcome.value,
        "reason": "",
        "detail": "" if state.reason else state.detail,
        "failures": 0,
        "next_due": next_due(now, turn.source.every, answer.fresh_for, None, 0, random.random()),  # noqa: S311
        "etag": v.etag,
        "last_modified": v.last_modified,
        "validated": v.fetched,
        "digest": digest,
    }


def _over(answer: Fetched | NotModified, place: Place | None) -> bool:
    """False while more of the same reading waits: pages of a walk, messages of a mailbox."""
    return not (place.walking if place else isinstance(answer, Fetched) and answer.more)


def _outcome(*, baseline: bool, held: bool, recorded: Recorded) -> Outcome:
    if held:
        return Outcome.HELD
    if baseline:
        return Outcome.BASELINE
    return Outcome.CHANGED if recorded.notices else Outcome.UNCHANGED


def _digest(answer: Fetched) -> str:
    return hashlib.sha256(answer.body).hexdigest()
