"""Outages of sources, for operators: when one began, when it is over, and the feed that says so once each.

EDGI's rule: a source fails when fewer than three in four checks of a fortnight went well, from four checks on. Four
good ones in a row end it, so that nobody waits a fortnight to hear that all is well. A source that feedhub stopped
asking is out at once. Readers of the announcements never hear of any of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from feedhub.errors import REASONS, FilterError
from feedhub.model import Authority, Filter, Instance
from feedhub.publish import OutagePage, ShownOutage
from feedhub.store import Tx, catalogue, log, outages

#: Days of history that decide, the share of good checks under which a source fails, and the fewest checks that decide.
DAYS = 14
GOOD_SHARE = 0.75
LEAST = 4
#: Entries of the feed.
LISTED = 60


def fails(good: int, checks: int, lately: Sequence[bool]) -> bool:
    """EDGI's rule over a fortnight; `lately` says how the last checks went, newest first."""
    recovered = len(lately) >= LEAST and all(lately[:LEAST])
    return checks >= LEAST and good < GOOD_SHARE * checks and not recovered


def watch(tx: Tx, source_id: str, now: datetime, reason: str, *, suspended: bool = False) -> None:
    """After a check: keep `failing` of the source, and begin or end its outage."""
    good, checks = outages.share(tx, source_id, now - timedelta(days=DAYS))
    poor = good < GOOD_SHARE * checks
    failing = suspended or (poor and fails(good, checks, outages.lately(tx, source_id, LEAST)))
    running = outages.running(tx, source_id)
    if failing == (running is not None):
        return
    log.touch(tx)
    catalogue.set_state(tx, source_id, failing=failing)
    if running is None:
        outages.begin(tx, source_id, now, reason, good, checks)
    else:
        outages.end(tx, running.id, now)


def page(tx: Tx, instance: Instance, f: Filter, path: str, created: datetime) -> OutagePage:
    """The feed of outages and recoveries, newest first; only `authority` narrows it, else FilterError."""
    if set(f.sets) - {"authority"} or any(name not in f.sets for name, _ in f.pairs()):
        raise FilterError("The feed of sources can be narrowed by “authority” only.")
    known = catalogue.authorities(tx)
    wanted = f.sets.get("authority", ())
    states = {s.source.id: s for s in catalogue.source_states(tx)}
    ids = [i for i, s in states.items() if s.source.authority_id in wanted] if wanted else None
    found = []
    for row in outages.newest(tx, LISTED, ids):
        state = states.get(row.source_id)
        authority_id = state.source.authority_id if state else ""
        authority = known.get(authority_id) or Authority(authority_id, authority_id)
        reason = REASONS.get(row.reason)
        found.append(
            ShownOutage(
                row,
                title=state.source.title if state else row.source_id,
                url=state.source.url if state and state.source.url.startswith("http") else "",
                authority_id=authority_id,
                authority_name=authority.name,
                sentence=reason.sentence if reason else "",
                todo=reason.todo if reason else "",
            )
        )
    newest = max((o.row.ended or o.row.began for o in found), default=created)
    return OutagePage(
        instance=instance,
        title="feedhub: Source health",
        subtitle="For operators: when a source cannot be read, and when it can again. One entry each.",
        path=path,
        html_path="/sources",
        updated=newest,
        alternates={o: f.address(f"/feeds/sources.{o}") for o in ("atom", "rss", "json") if f".{o}" not in path},
        outages=tuple(found),
    )
