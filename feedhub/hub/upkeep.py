"""Keeping the house: the clock's tick, reading again, retention, backup, and what is wrong with this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from feedhub import declarations, readers
from feedhub.changes import Revise, decide, withdrawn
from feedhub.errors import DeclarationError, FeedhubError, LeaseLost, NotFound, ReadError
from feedhub.hub.judging import judge, options_for, relevant, sift
from feedhub.hub.matching import evidenced, known_to
from feedhub.hub.publication import Publication
from feedhub.hub.record import Recorder
from feedhub.hub.reviewing import recalled
from feedhub.hub.rounds import Rounds
from feedhub.model import CheckResult, Outcome, RevisionKind, Snapshot, Trust
from feedhub.store import backup, catalogue, collecting, desk, notices, search, sqlite_is_safe
from feedhub.store.catalogue import SourceState

#: Seconds for which one process holds the clock; several ticks long, so that a late tick loses nothing.
CLOCK_LEASE = 90.0


@dataclass(frozen=True)
class Finding:
    """One line of `feedhub doctor`. `level` is ok, note or bad; `todo` says what to do."""

    level: str
    sentence: str
    todo: str = ""


class Upkeep(Rounds, Publication):
    """The verbs of upkeep."""

    # -- the clock

    def lead(self, holder: str) -> int | None:
        """Take or renew the clock for this process; the fencing token, or None when another one holds it."""
        with self.store.writing() as tx:
            return collecting.take_lease(tx, "clock", holder, self.now(), CLOCK_LEASE)

    def step_down(self, holder: str) -> None:
        """Give the clock back at the end, so that another process takes over at once."""
        with self.store.writing() as tx:
            token = collecting.take_lease(tx, "clock", holder, self.now(), CLOCK_LEASE)
            if token is not None:
                collecting.free_leases(tx, {"clock": token}, self.now())

    def tidy(self) -> None:
        """Forget what need not be kept: old checks and snapshots that no fact cites. Once a day is enough."""
        now = self.now()
        with self.store.writing() as tx:
            done = catalogue.get_value(tx, "tidied")
            if done == now.date().isoformat():
                return
            catalogue.put_value(tx, "tidied", now.date().isoformat())
            collecting.drop_checks(tx, now - timedelta(days=90))
            cited = sorted(notices.cited_digests(tx))
            collecting.drop_snapshots(tx, now - timedelta(days=self.settings.keep_days), cited)

    # -- reading again

    def reread(self, ids: Sequence[str] | None = None) -> Iterator[CheckResult]:
        """Read the last good snapshot of each source again after a better rule or selector (meaning.md)."""
        with self.store.reading() as tx:
            states = catalogue.source_states(tx, ids)
        missing = sorted(set(ids or ()) - {s.source.id for s in states})
        if missing:
            raise NotFound(f"There is no source “{missing[0]}”. “feedhub sources” lists those that exist.")
        for state in states:
            with self.store.reading() as tx:
                snapshot = collecting.get_snapshot(tx, state.digest, state.source.id) if state.digest else None
            if snapshot is None:
                yield CheckResult(state.source.id, Outcome.SKIPPED, detail="never read well yet")
                continue
            try:
                yield self._reread(state, snapshot)
            except ReadError as error:
                yield CheckResult(state.source.id, Outcome.SUSPECT, error.reason, detail=str(error))
            except LeaseLost:
                yield CheckResult(state.source.id, Outcome.SKIPPED, "host_busy")

    def _reread(self, state: SourceState, snapshot: Snapshot) -> CheckResult:
        source, now = state.source, self.now()
        with self.store.reading() as tx:
            authority = self.authority_of(tx, source.authority_id)
        seen = snapshot.at.astimezone(ZoneInfo(authority.zone)).date()
        options = options_for(source, snapshot, authority.country)
        reading = readers.read(snapshot.body, source.kind, options)
        judged = judge(reading, source, authority, self.settings.detect_min, seen)
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"reread:{source.id}")
            drafts = [evidenced(d, snapshot) for d in judged.drafts if relevant(d, self.taxonomy)]
            drafts = recalled(drafts, desk.corrections(tx, source.id))
            known = known_to(tx, drafts, source.id, now)
            sure, _ = sift(drafts, known, self.settings.detect_min)
            today = self.today()
            decision = decide(known, sure, now, source_id=source.id, today=today)
            said = f"Found on re-reading the page of {seen.isoformat()}."
            for create in decision.creates:
                ahead = any(m.status.living and m.when.last >= today for m in create.draft.milestones)
                recorder.create(create, announce=ahead)
                if ahead:
                    recorder.add_reason(said)
            for revise in decision.revises:
                news = _new_ahead(revise, today)
                kind = RevisionKind.STRENGTHENED if news else RevisionKind.TECHNICAL
                silent = replace(revise, kinds=(kind,), changes=(*revise.changes, said))
                recorder.revise(silent, announce=news)
            shown = {s.notice.id for s in decision.seen} | {r.before.id for r in decision.revises}
            for item in known:
                n = item.notice
                mine = any(r.provenance.snapshot == snapshot.digest for r in n.requirements)
                alone = source.id in item.anchors and not item.elsewhere.showing
                if n.id not in shown and n.live and mine and alone and n.trust is Trust.DETECTED:
                    after = withdrawn(n, now)
                    why = (f"feedhub had misread the page of {seen.isoformat()}.",)
                    recorder.revise(Revise(n, after, (RevisionKind.RETRACTED,), why))
            recorded = recorder.publish()
        outcome = Outcome.CHANGED if recorded.notices else Outcome.UNCHANGED
        return CheckResult(source.id, outcome, changes=recorded.changes)

    # -- backup

    def backup(self, file: Path) -> None:
        """Write a consistent copy of the database while feedhub runs. Raises FeedhubError with what to do."""
        backup.write(self.store.engine, self.settings.database_url, file)

    def saved_page(self, source_id: str) -> Snapshot:
        """The newest stored page of a source; raises NotFound."""
        with self.store.reading() as tx:
            snapshot = collecting.latest_snapshot(tx, source_id)
            known = snapshot is not None or catalogue.get_source(tx, source_id) is not None
        if not known:
            raise NotFound(f"There is no source “{source_id}”. “feedhub sources” lists those that exist.")
        if snapshot is None:
            raise NotFound(f"No page of “{source_id}” is stored yet: run “feedhub check {source_id}” first.")
        return snapshot

    # -- doctor

    def doctor(self) -> Iterator[Finding]:
        """Look at database, sources, clock, disk and settings, and say what to do."""
        yield from self._doctor_database()
        yield from self._doctor_sources()
        ready = self.ready_clock()
        if ready is None or ready < self.now():
            yield Finding("note", "No clock runs: sources are not checked by themselves.", "Start “feedhub serve”.")
        else:
            yield Finding("ok", "The clock runs.")
        free = shutil.disk_usage(self.settings.data_dir).free
        if free < 500_000_000:
            yield Finding("bad", f"Only {free // 1_000_000} MB are free in {self.settings.data_dir}.", "Make room.")
        else:
            yield Finding("ok", f"{free // 1_000_000_000} GB are free for data.")
        if not self.settings.contact and not self.settings.is_public:
            todo = "Set FEEDHUB_CONTACT to an address or page that site owners can write to."
            yield Finding("note", "feedhub watches without naming a contact.", todo)
        if not self.settings.is_public:
            todo = "Set FEEDHUB_BASE_URL once others subscribe."
            yield Finding(
                "note", f"Feeds carry the address {self.settings.base_url}, which only this machine knows.", todo
            )

    def ready_clock(self) -> datetime | None:
        """Until when a process holds the clock; None when none ever did."""
        with self.store.reading() as tx:
            return collecting.lease_until(tx, "clock")

    def _doctor_database(self) -> Iterator[Finding]:
        url = self.settings.database_url
        try:
            backup.verify(self.store.engine)
            yield Finding("ok", f"The database answers and is whole ({url.partition(':')[0].partition('+')[0]}).")
            with self.store.reading() as tx:
                if not search.is_indexed(tx):
                    todo = (
                        "Let an administrator run: CREATE EXTENSION pg_trgm; feedhub makes the index at its next start."
                    )
                    yield Finding("note", "Searching reads every text, because pg_trgm is not there.", todo)
        except FeedhubError as error:
            yield Finding("bad", str(error), "Restore the last backup: feedhub restore FILE.")
        if url.startswith("sqlite") and not sqlite_is_safe():
            todo = "Install pysqlite3, or use PostgreSQL."
            yield Finding("note", "This Python's SQLite can corrupt a database in rare races (fixed in 3.51.3).", todo)

    def _doctor_sources(self) -> Iterator[Finding]:
        try:
            problems: list[DeclarationError] = list(declarations.lint(self.settings.sources))
        except FeedhubError as error:
            yield Finding("bad", str(error), "Correct the declaration.")
            return
        for problem in problems[:10]:
            yield Finding("bad", str(problem), "Correct the declaration: feedhub sources lint.")
        with self.store.reading() as tx:
            states = catalogue.source_states(tx)
        bad = [s for s in states if s.outcome in ("failed", "suspect")]
        if bad:
            yield Finding("note", f"{len(bad)} of {len(states)} sources were not read well last time.", "See /sources.")
        else:
            yield Finding("ok", f"{len(states)} sources are declared.")


def _new_ahead(revise: Revise, today: date) -> bool:
    """True when a revision on re-reading brings a new requirement whose date lies ahead."""
    before = {r.id for r in revise.before.requirements}
    new = [r for r in revise.after.living_requirements if r.id not in before]
    return bool(new) and any(m.when.last >= today for m in revise.after.living_milestones)
