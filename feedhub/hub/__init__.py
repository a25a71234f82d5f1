"""The verbs of feedhub, one method each, whatever door they are asked through (law 9).

Every verb that needs the time asks `Hub.now`; everything below takes it as an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from feedhub.changes import decide
from feedhub.config import Settings
from feedhub.errors import FeedhubError
from feedhub.hub.base import load_catalogue, open_base, system_clock
from feedhub.hub.dialogue import Dialogue
from feedhub.hub.laws import law_drafts, role_of
from feedhub.hub.looking import Looking, annotate_row, evaluate_rows, lint_sources, restore_copy
from feedhub.hub.matching import announce_ahead, known_to
from feedhub.hub.notices import Notices
from feedhub.hub.record import Recorder
from feedhub.hub.subscriptions import Subscriptions
from feedhub.store import catalogue, collecting, log

__all__ = ["Hub", "annotate_row", "evaluate_rows", "lint_sources", "restore_copy"]


class Hub(Notices, Looking, Dialogue, Subscriptions):
    """An open feedhub: store, settings, taxonomy, identity, clock, and every verb."""

    @classmethod
    def open(cls, settings: Settings, *, clock: Callable[[], datetime] = system_clock) -> Hub:
        """Connect, migrate, load the catalogue and the law calendar. Raises ConfigError or DeclarationError."""
        base = open_base(settings, clock)
        hub = cls(base.settings, base.store, base.taxonomy, base.instance, base.created, base.clock)
        load_catalogue(hub)
        hub.reindex()
        hub.load_laws()
        return hub

    def load_laws(self) -> None:
        """Make the laws of the taxonomy notices; the first time one digest tells what lies ahead (law 8)."""
        now = self.now()
        # Stages follow the calendar, so the laws are looked at once a day, and when their file changed.
        mark = f"{self.today().isoformat()} {hashlib.sha256(repr(self.taxonomy.laws).encode()).hexdigest()}"
        with self.store.reading() as tx:
            if catalogue.get_value(tx, "laws") == mark:
                return
        drafts = law_drafts(self.taxonomy, self.today())
        with self.store.writing() as tx:
            catalogue.put_value(tx, "laws", mark)
            recorder = Recorder(self, tx, now, by="law calendar")
            known = known_to(tx, drafts, "", now)
            first = not known
            recorder.apply(decide(known, drafts, now, today=self.today()), announce=not first)
            for draft in reversed(drafts):  # the first of an authority tells what it is
                catalogue.put_role(tx, draft.authority.id, role_of(self.taxonomy, draft))
            if first:
                announce_ahead(recorder, "The law calendar", recorder.done.notices, now)
            recorder.publish(bulk=True)

    def ready(self) -> Mapping[str, object]:
        """Whether this feedhub works: `ok` is false without a database, and when a clock ran but none does now."""
        try:
            with self.store.reading() as tx:
                position = log.position(tx)
                until = collecting.lease_until(tx, "clock")
        except FeedhubError:
            return {"database": False, "clock": False, "ok": False}
        clock = until is not None and until > self.now()
        stopped = until is not None and until + timedelta(seconds=30) < self.now()
        return {"database": True, "clock": clock, "announcements": position.seq, "ok": not stopped}
