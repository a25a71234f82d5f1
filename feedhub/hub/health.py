"""How sources do: the last fortnight, the last good reading, the reason in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from feedhub.errors import REASONS
from feedhub.hub.outages import DAYS
from feedhub.hub.shapes import SourceHealth
from feedhub.model import Authority
from feedhub.store import Tx, catalogue, collecting
from feedhub.store.catalogue import SourceState

_SUSPENDED = {
    "undeclared": "The declaration is no longer in the catalogue",
    "curator": "A curator suspended the source",
}


def source_health(
    tx: Tx, now: datetime, authorities: Mapping[str, Authority], ids: Sequence[str] | None = None
) -> list[SourceHealth]:
    """Sources by id with their fortnight; all of them when `ids` is None."""
    begin = (now - timedelta(days=DAYS - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    checks: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    for source_id, at, good in collecting.check_days(tx, begin, ids):
        checks[source_id].append((at, good))
    return [_health(s, checks[s.source.id], begin, authorities) for s in catalogue.source_states(tx, ids)]


def _health(
    state: SourceState, checks: list[tuple[datetime, bool]], begin: datetime, authorities: Mapping[str, Authority]
) -> SourceHealth:
    letters = ["."] * DAYS
    for at, good in checks:
        day = (at - begin).days
        if 0 <= day < DAYS:
            letters[day] = "-" if letters[day] == "-" or not good else "+"
    share = sum(good for _, good in checks) / len(checks) if checks else None
    reason = state.suspended_why if state.suspended else state.reason
    known = REASONS.get(reason)
    return SourceHealth(
        source=state.source,
        authority=authorities.get(state.source.authority_id)
        or Authority(state.source.authority_id, state.source.authority_id),
        outcome="skipped" if state.suspended else state.outcome,
        reason=reason,
        sentence=known.sentence if known else _said(reason, state.detail),
        todo=known.todo if known else "",
        last_checked=state.last_checked,
        last_good=state.last_good,
        next_due=None if state.suspended else state.next_due,
        days="".join(letters),
        good_share=share,
        failing=state.failing,
        suspended=state.suspended,
    )


def _said(reason: str, detail: str) -> str:
    said = _SUSPENDED.get(reason, "")
    return f"{said}: {detail.rstrip('.')}" if said and detail and reason == "curator" else said
