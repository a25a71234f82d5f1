"""Which fact of a draft is which fact of a notice. Pure; compares, never changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from feedhub.model import Milestone, Requirement
from feedhub.text import normalise, similarity

T = TypeVar("T")


def pair_requirements(
    old: Sequence[Requirement], new: Sequence[Requirement]
) -> tuple[list[tuple[Requirement, Requirement]], list[Requirement], list[Requirement]]:
    """(pairs, only in new, only in old): same topic, best by clause and wording."""

    def score(a: Requirement, b: Requirement) -> float:
        if a.topic != b.topic:
            return 0.0
        return 1.0 + (a.clause is b.clause) + similarity(a.quote or a.text, b.quote or b.text)

    return _pair(old, new, score)


def pair_milestones(
    old: Sequence[Milestone], new: Sequence[Milestone]
) -> tuple[list[tuple[Milestone, Milestone]], list[Milestone], list[Milestone]]:
    """(pairs, only in new, only in old): same kind and subject, best by date; superseded dates never pair."""

    def score(a: Milestone, b: Milestone) -> float:
        if a.kind is not b.kind or (not b.status.living and b.status.value == "superseded"):
            return 0.0
        alike = 1.0 if normalise(a.subject) == normalise(b.subject) else similarity(a.subject, b.subject)
        if alike < 0.5 and a.subject and b.subject:
            return 0.0
        if bool(a.recurs) is not bool(b.recurs):
            return 0.0
        days = abs((a.when.first - b.when.first).days)
        near = 1.0 if a.when.same(b.when) else 0.9 if a.when.covers(b.when) or b.when.covers(a.when) else 0.0
        return 1.0 + alike + near + 1.0 / (2.0 + days)

    return _pair(old, new, score)


def _pair(
    old: Sequence[T], new: Sequence[T], score: Callable[[T, T], float]
) -> tuple[list[tuple[T, T]], list[T], list[T]]:
    """Greedy best-first pairing: enough for the dozen facts a notice has, and stable for equal input."""
    ranked = sorted(
        ((s, i, j) for i, a in enumerate(old) for j, b in enumerate(new) if (s := score(a, b)) > 0),
        key=lambda t: (-t[0], t[1], t[2]),
    )
    used_old: dict[int, int] = {}
    used_new: set[int] = set()
    for _, i, j in ranked:
        if i not in used_old and j not in used_new:
            used_old[i] = j
            used_new.add(j)
    pairs = [(old[i], new[j]) for i, j in sorted(used_old.items())]
    added = [b for j, b in enumerate(new) if j not in used_new]
    left = [a for i, a in enumerate(old) if i not in used_old]
    return pairs, added, left
