"""How sure it is that a sentence binds suppliers: points for what fired, made into a confidence.

The weights are the same in every language; only the words differ. Never reads a text itself.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from feedhub.detect.features import Seen

#: Kinds of duty, strongest first; the strongest counts in full and each other one by a third.
DUTY = {
    "must": 2.4,
    "demand": 2.2,
    "ban": 2.0,
    "expect": 1.3,
    "include": 1.7,
    "scope": 1.3,
    "criterion": 0.8,
    "consequence": 1.6,
    "duty_verb": 0.5,
}
#: Cues without one of which, and without the form of a `ROW`, a sentence has no points of duty.
DUTIES = frozenset((*DUTY, "force"))
#: Who or what is bound.
BOUND = {"supplier": 1.2, "tender": 0.7, "goods": 0.6, "company": 0.6, "law": 0.5, "buyer": 0.3}
#: What speaks against: (with a firm duty in the sentence, without one).
AGAINST = {
    "may": (-0.7, -2.2),
    "advice": (-0.5, -1.8),
    "intend": (-0.5, -1.8),
    "join": (-1.2, -2.2),
    "relax": (-2.6, -2.6),
    "denied": (-1.4, -2.2),
    "oppose": (-1.4, -1.8),
    "report": (-2.0, -2.2),
    "noise": (-2.2, -2.6),
    "env": (-0.3, -0.9),
    "private": (-2.4, -2.4),
    "history": (-0.8, -1.2),
}
_FIRM = ("must", "demand", "ban")
#: Whom advice to buyers does not address.
_PARTIES = ("supplier", "company", "goods")
#: A law that comes into force, for those whom it names.
_LAW = 2.2
#: Roles of a criterion that bind by being named.
_ROLES = ("award_criterion", "selection_criterion", "exclusion_ground")
_BIAS = -3.6
_REST = 0.35
#: A row of a specification: what is asked for, a colon or a cell, and how it is to be shown.
ROW = re.compile(r"\W{0,3}[^.:|]{2,60}(?::\s| \| )")
#: Points into confidence, so that among labelled passages nine of ten at 0.8 are right (measured November 2026).
_STEEP = 1.25


class Score(NamedTuple):
    """`confidence` from 0 to 1; `duty` the points for an obligation alone; `rules` name what fired."""

    confidence: float
    duty: float
    rules: tuple[str, ...]


class Heard(NamedTuple):
    """Points for the words of duty of a sentence, and for who is bound, each with the rules that name them."""

    duty: float
    bound: float
    duties: tuple[str, ...]
    parties: tuple[str, ...]


def listen(seen: Seen) -> Heard:
    """What a sentence says of duties, whatever stands around it."""
    said: list[str] = []
    duty = _duty(seen, said)
    bound, parties = _bound(seen, row="+row" in said)
    return Heard(duty, bound, tuple(said), parties)


def score(
    seen: Seen,
    core: frozenset[str],
    above: Seen,
    *,
    heard: Heard | None = None,
    lent: float = 0.0,
    bound: float = 0.0,
    topic: float | None = None,
) -> Score:
    """The confidence that a sentence states a requirement.

    `above` is its heading, `heard` what it says of duties where that is known, `lent` and `bound` are points of duty and of a bound party that
    a neighbour lends; `topic` replaces the points for its own topics.
    """
    heard, cues = heard or listen(seen), seen.cues
    rules = [*heard.duties, *heard.parties]
    duty = max(heard.duty, lent)
    total = _BIAS + duty + max(bound, heard.bound)
    total += _topics(seen, core, rules) if topic is None else topic
    firm = seen.has(*_FIRM) or ("force" in cues and duty >= _LAW)
    for name, (with_duty, alone) in AGAINST.items():
        if name in cues and not (name == "relax" and "postpone" in cues):
            weak = not firm or (name == "advice" and not seen.has(*_PARTIES))
            total += alone if weak else with_duty
            rules.append(f"-{name}:{cues[name]}")
    for name in ("noise", "private"):
        if name in above.cues and name not in cues:
            total += AGAINST[name][1]
            rules.append(f"-heading:{above.cues[name]}")
    if duty and above.strong(core):
        total += 0.4
        rules.append("+heading")
    if duty and "supplier" in cues and seen.named.get("trigger"):
        total += 0.4
        rules.append(f"+trigger:{seen.named['trigger'][0]}")
    if duty and seen.dates:
        total += 0.3
        rules.append("+date")
    return Score(1 / (1 + math.exp(-_STEEP * total)), duty, tuple(rules))


def _duty(seen: Seen, rules: list[str]) -> float:
    cues = seen.cues
    heard = [n for n in DUTY if n in cues]
    points = sorted((DUTY[n] for n in heard), reverse=True)
    rules += [f"+{n}:{cues[n]}" for n in heard]
    if "duty_verb" in cues and "supplier" in cues and not seen.has("may", "intend"):
        points = sorted([1.2, *(p for p in points if p != DUTY["duty_verb"])], reverse=True)
    if (seen.named.get("trigger") or seen.named.get("evidence")) and ROW.match(seen.text):
        points = sorted([_LAW, *points], reverse=True)
        rules.append("+row")
    if seen.has("include", "criterion") and ("consequence" in cues or any(c in seen.clauses for c in _ROLES)):
        points = sorted([2.4, *points], reverse=True)
    if "force" in cues and seen.has("law", "company", "criterion", "scope"):
        points = sorted([_LAW, *points], reverse=True)
        rules.append(f"+force:{cues['force']}")
    return min(3.4, points[0] + _REST * sum(points[1:])) if points else 0.0


def _bound(seen: Seen, *, row: bool) -> tuple[float, tuple[str, ...]]:
    heard = [n for n in BOUND if n in seen.cues]
    points = sorted((BOUND[n] for n in heard), reverse=True)
    if points:
        return min(1.8, points[0] + _REST * sum(points[1:])), tuple(f"+{n}:{seen.cues[n]}" for n in heard)
    return 0.5 if row or seen.has("include", "criterion") else 0.0, ()


def _topics(seen: Seen, core: frozenset[str], rules: list[str]) -> float:
    strong = seen.strong(core)
    rules += [f"+topic:{t}" for t in seen.topics]
    if strong:
        return 1.2 + 0.2 * min(2, len(strong) - 1)
    return 0.4 if any(t in core for t in seen.topics) else 0.0
