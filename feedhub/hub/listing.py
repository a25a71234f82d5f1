"""Which dates stand in a calendar to subscribe to, and for how long. Reads whole notices only where a rule needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from feedhub.horizon.leads import occurrences
from feedhub.model import Authority
from feedhub.publish import Event
from feedhub.store import Condition, Tx, dates, notices
from feedhub.store.dates import Listed

#: A cancelled event stays so many days.
CANCELLED_DAYS = 90


def events(
    tx: Tx,
    where: Condition,
    first: date,
    last: date,
    bodies: Mapping[str, Authority],
    *,
    now: datetime,
    today: date,
    remind: Sequence[int] = (),
) -> tuple[list[Event], datetime | None]:
    """The dates of some notices that touch `first`..`last`, and when the newest of these notices was updated.

    `remind` are the days before a date ahead on which an event of its own stands.
    """
    since = now - timedelta(days=CANCELLED_DAYS)
    found = dates.listed(tx, where, first, last, since)
    yearly_or_dead = dict.fromkeys(d.notice_id for d in found if d.turn or not d.living)
    known = notices.many(tx, list(yearly_or_dead))
    out: list[Event] = []
    for d in found:
        turns: list[tuple[date, date | None]] = [(d.first, None)]
        if d.notice_id in known:
            milestone = next(m for m in known[d.notice_id].milestones if m.id == d.id)
            if not d.living and (milestone.changed or d.updated) < since:
                continue
            if d.turn:
                met = (w for w in occurrences(milestone, today) if w.last >= first and w.first <= last)
                turns = [(w.first, w.first) for w in met]
        for day, turn in turns:
            out += _event(d, bodies, turn, remind if d.living and day > today else ())
    return out, max((d.updated for d in found), default=None)


def _event(d: Listed, bodies: Mapping[str, Authority], turn: date | None, remind: Sequence[int]) -> list[Event]:
    authority = bodies.get(d.authority_id) or Authority(d.authority_id, d.authority_id)
    days: tuple[int | None, ...] = (None, *remind)
    return [Event(d.notice_id, d.id, d.revision, authority, n, turn) for n in days]
