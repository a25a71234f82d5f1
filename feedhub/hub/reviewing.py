"""What waits for a curator: its order, a draft as a curator corrects it, and as it stays corrected. Pure; verbs: `notices.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from feedhub.errors import InvalidInput
from feedhub.model import Clause, Draft, Evidence, Milestone, MilestoneKind, Precision, When
from feedhub.store import from_json, to_json

OTHER_FACTS = "This draft holds other facts than the form. Open it again."


@dataclass(frozen=True)
class Correction:
    """What a curator says of each fact of a draft, in its order; None leaves the fact out."""

    title: str
    requirements: tuple[tuple[str, Clause] | None, ...]
    milestones: tuple[tuple[MilestoneKind, When] | None, ...]

    def as_json(self) -> dict[str, Any]:
        """For the store."""
        return {
            "title": self.title,
            "requirements": [r and [r[0], r[1].value] for r in self.requirements],
            "milestones": [m and [m[0].value, to_json(m[1])] for m in self.milestones],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Correction:
        """What `as_json` gave."""
        return cls(
            said["title"],
            tuple(r and (r[0], Clause(r[1])) for r in said["requirements"]),
            tuple(m and (MilestoneKind(m[0]), from_json(When, m[1])) for m in said["milestones"]),
        )


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
        raise InvalidInput(OTHER_FACTS)
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


def recalled(drafts: Sequence[Draft], told: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """Drafts of a source, read again, in which what a curator corrected stays corrected while its words stay.

    `told` are the corrections of this source, oldest first, as the store keeps them.
    """
    known = [(from_json(Draft, t["found"]), Correction.from_json(t["said"])) for t in told]
    return [_recalled(d, [(found, said) for found, said in known if found.anchor == d.anchor]) for d in drafts]


def _recalled(draft: Draft, known: Sequence[tuple[Draft, Correction]]) -> Draft:
    for found, said in known:
        asked = {(r.topic, r.clause, r.quote): s for r, s in zip(found.requirements, said.requirements, strict=True)}
        dates = {_date(m): s for m, s in zip(found.milestones, said.milestones, strict=True)}
        now = Correction(
            said.title if draft.title == found.title else draft.title,
            tuple(asked.get((r.topic, r.clause, r.quote), (r.topic, r.clause)) for r in draft.requirements),
            tuple(dates.get(_date(m), (m.kind, m.when)) for m in draft.milestones),
        )
        if any(now.requirements) or any(now.milestones):
            draft = corrected(draft, now)
    return draft


def _date(m: Milestone) -> tuple[MilestoneKind, When, str]:
    return m.kind, m.when, m.provenance.quote


def _judged(evidence: Evidence) -> Evidence:
    return replace(evidence, judged_by=("curator",))
