"""What waits for a curator: its order, and a draft as a curator corrects it. Pure; the verbs are in `notices.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from feedhub.errors import InvalidInput
from feedhub.model import Clause, Draft, Evidence, MilestoneKind, Precision, When


@dataclass(frozen=True)
class Correction:
    """What a curator says of each fact of a draft, in its order; None leaves the fact out."""

    title: str
    requirements: tuple[tuple[str, Clause] | None, ...]
    milestones: tuple[tuple[MilestoneKind, When] | None, ...]


def soonest(milestones: Sequence[Mapping[str, Any]] | None, today: date) -> date:
    """The next day on which a stored draft wants something of readers; the last of all days without one.

    `milestones` are those of its JSON: thousands wait at once after a first reading, too many to build each draft.
    """
    ahead = []
    for said in milestones or ():
        first, precision = date.fromisoformat(said["when"]["first"][:10]), said["when"].get("precision", "day")
        if first >= today:
            ahead.append(first)
        elif precision not in ("day", "instant") and When(first, Precision(precision)).last >= today:
            ahead.append(today)
    return min(ahead, default=date.max)


def corrected(draft: Draft, said: Correction) -> Draft:
    """The draft as a curator says it is; quotes and sources stay. Raises InvalidInput when no fact is left."""
    if (len(said.requirements), len(said.milestones)) != (len(draft.requirements), len(draft.milestones)):
        raise InvalidInput("This draft holds other facts than the form. Open it again.")
    requirements = tuple(
        r if (r.topic, r.clause) == as_ else replace(r, topic=as_[0], clause=as_[1], provenance=_judged(r.provenance))
        for r, as_ in zip(draft.requirements, said.requirements, strict=True)
        if as_ is not None
    )
    milestones = tuple(
        m if (m.kind, m.when) == as_ else replace(m, kind=as_[0], when=as_[1], provenance=_judged(m.provenance))
        for m, as_ in zip(draft.milestones, said.milestones, strict=True)
        if as_ is not None
    )
    if not requirements and not milestones:
        raise InvalidInput("No fact is left; reject the draft instead.")
    return replace(draft, title=said.title.strip() or draft.title, requirements=requirements, milestones=milestones)


def _judged(evidence: Evidence) -> Evidence:
    return replace(evidence, judged_by=("curator",))
