"""Where a sentence says its requirement stands, and whether it lies ahead. Never asks the time."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from feedhub.detect.features import Seen
from feedhub.model import Precision, SignalDate, Stage

#: Roles of dates from which something binds.
STARTS = ("applies_from", "in_force")
_STEPS = ("deadline", "tender_deadline", "contract_start")
#: Roles of dates that are named only while what they lead to is still to come.
_AHEAD = ("tender_expected", "consultation_close")
#: Roles of days on which a text was known: what begins later lay ahead.
_KNOWN = ("published", "adopted", "updated")


def stage_of(seen: Seen) -> Stage:
    """The stage by the words of the sentence alone."""
    firm = seen.has("must", "demand", "ban")
    if seen.has("postpone"):
        return Stage.POSTPONED
    if seen.has("relax"):
        return Stage.WITHDRAWN if not firm else Stage.RELAXED
    if seen.has("consult") and not _binds(seen):
        return Stage.CONSULTATION
    if seen.has("intend", "join") and not firm and not seen.has("expect", "include", "ban"):
        return Stage.INTENTION
    if seen.has("plan") and not seen.has("adopt"):
        return Stage.PLANNED
    return Stage.IN_FORCE


def _binds(seen: Seen) -> bool:
    """True when a duty of suppliers stands beside, so that "consult" or "plan" may be what they have to do."""
    return seen.has("must") and seen.has("supplier")


def upcoming(around: Sequence[Seen], found: Sequence[SignalDate], page_date: date | None) -> bool:
    """True when what the first of `around` says is not yet in effect; the others are the sentences beside it.

    Judged against `page_date`; without it against the day on which the text itself says that something was published or
    adopted, else by the wording alone.
    """
    own = around[0]
    starts = _steps(found)
    if not starts and not own.has("now"):
        starts = _steps([d for s in around[1:] for d in s.dates])
    days = [_first(d.iso) if _begins(d) else _last(d.iso) for d in starts if d.iso]
    if days and page_date is not None:
        return any(day > page_date for day in days)
    if page_date is not None and any(_last(d.iso) > page_date for d in found if d.iso and d.role == "mentioned"):
        return True
    known = [_last(d.iso) for d in found if d.iso and d.role in _KNOWN]
    if days and known:
        return max(days) > max(known)
    if own.has("future", "plan", "postpone") or (own.has("consult") and not _binds(own)):
        return not (own.has("now") and not own.has("plan", "consult", "postpone"))
    if own.has("now"):
        return False
    if len(around) > 1 and around[1].end <= own.start and around[1].has("consult", "plan"):
        return True
    if any(s.has("force") and s.has("future") for s in around[1:]):
        return True
    if any(d.role in _AHEAD for d in starts):
        return True
    return own.has("must", "demand") and any(d in own.dates and d.role in STARTS for d in starts)


def _begins(told: SignalDate) -> bool:
    """Whether a date is the month or quarter with whose first day something begins to bind."""
    return told.role in STARTS and told.precision in (Precision.MONTH, Precision.QUARTER)


def _steps(found: Sequence[SignalDate]) -> list[SignalDate]:
    """The dates from which something binds; without any those of the steps towards it."""
    dated = [d for d in found if d.iso]
    return [d for d in dated if d.role in STARTS] or [d for d in dated if d.role in (*_AHEAD, *_STEPS)]


def settled(stage: Stage, *, ahead: bool) -> Stage:
    """A requirement in force by its words that lies ahead is adopted."""
    return Stage.ADOPTED if stage is Stage.IN_FORCE and ahead else stage


def _first(iso: str) -> date:
    return date.fromisoformat((iso + "-01-01")[:10])


def _last(iso: str) -> date:
    parts = [int(p) for p in iso.split("-")] if iso[:1].isdigit() else [1, 1, 1]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return date(year, month, day)
