"""What was found in a sentence as names that mean the same in every language: what the learned scorer weighs.

Never weighs a name itself and never reads a lexicon; a name learned in one language speaks in the other nine too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from feedhub import taxonomy
from feedhub.detect.features import STRONG, Seen
from feedhub.detect.joining import log_odds, veto
from feedhub.detect.scoring import Score

_FIRM = ("must", "demand", "ban")
_SOFT = ("include", "criterion", "duty_verb", "expect", "scope", "consequence", "force")
_PARTIES = ("supplier", "company", "buyer")
_BOUND = ("supplier", "company", "tender")
_WIDEST = 6


class Told(NamedTuple):
    """One sentence as the scorer hears of it: what it says, its points by the rules, and what stands around it.

    `above` is its heading, `beside` the sentences before and after, `context` the text of the intro or heading.
    """

    own: Seen
    points: Score
    above: Seen
    language: str
    context: str = ""
    beside: Sequence[Seen] = ()


def concepts(told: Told) -> set[str]:
    """The names of topics, cues and parties of a sentence and what stands around it, alone and two by two."""
    level = _level(told.own)
    return {*_own(told.own, level), *_around(told, level), *_pairs(told, level)}


def _own(own: Seen, level: str) -> Iterator[str]:
    yield _name("level", level)
    yield _name("topics", min(3, len(own.topics)))
    for topic, weight in own.topics.items():
        yield _name("topic", topic, weight >= STRONG)
    for cue in own.cues:
        yield _name("cue", cue)
        yield _name(level, cue)
    for clause in own.clauses:
        yield _name("clause", clause)
    for kind, names in own.named.items():
        yield _name("named", kind)
        if kind in ("trigger", "audience"):
            yield from (_name("named", kind, name) for name in names)
    if own.dates:
        yield "date"


def _around(told: Told, level: str) -> Iterator[str]:
    for cue in told.above.cues:
        yield _name("above", cue)
    if told.above.topics:
        yield _name("above", "topic", level)
    if not told.beside:
        yield "beside:nothing"
    for near in told.beside:
        for cue in near.cues:
            yield _name("beside", cue)
        duty = "firm" if near.has(*_FIRM) else "soft" if near.has(*_SOFT) else "none"
        yield _name("beside", "duty", duty)
        yield _name("beside", "duty", duty, level)
        yield _name("beside", "duty", duty, near.has("supplier"))
        yield _name("beside", "bound", near.has(*_BOUND))
        if any(weight >= STRONG for weight in near.topics.values()):
            yield _name("beside", "topic", level)


def _pairs(told: Told, level: str) -> Iterator[str]:
    own, points = told.own, told.points
    party = next((name for name in _PARTIES if own.has(name)), "nobody")
    duty = "firm" if own.has(*_FIRM) else "soft" if points.duty > 0 else "none"
    against = veto(own, told.above)
    yield _name("rules", max(-_WIDEST, min(_WIDEST, math.floor(log_odds(points.confidence) + 0.5))))
    yield _name("duty", math.floor(points.duty * 2))
    yield _name(party, duty, against)
    yield _name(level, duty, against)
    yield _name(level, party)


@lru_cache(maxsize=1 << 12)
def _name(*parts: object) -> str:
    """A name of its parts; kept, as the same few hundred are asked for again and again."""
    return ":".join(map(str, parts))


def _level(seen: Seen) -> str:
    """How plainly a sentence names a core topic."""
    core = _core()
    weights = [weight for topic, weight in seen.topics.items() if topic in core]
    return "strong" if any(w >= STRONG for w in weights) else "weak" if weights else "none"


@cache
def _core() -> frozenset[str]:
    return frozenset(taxonomy.load().core_topics)
