"""What stands in a sentence, counted: topics, cues, who is bound, dates. Never weighs what it counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedhub.detect._view import View, view
from feedhub.detect.lexicon import Hit, Lexicon
from feedhub.model import SignalDate

#: Topics that a stronger one of the same sentence already says better.
_SWALLOWED = {"forced_labour": "state_imposed_forced_labour"}


@dataclass
class Seen:
    """One sentence of a text and all that stands in it; `start` and `end` are offsets in that text."""

    start: int
    end: int
    text: str
    topics: dict[str, float] = field(default_factory=dict)
    cues: dict[str, str] = field(default_factory=dict)
    clauses: dict[str, int] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dates: tuple[SignalDate, ...] = ()

    def has(self, *names: str) -> bool:
        """True when a cue of any of these names fired."""
        return any(n in self.cues for n in names)

    def strong(self, core: frozenset[str]) -> list[str]:
        """Core topics named by a term that leaves no doubt."""
        return [t for t, weight in self.topics.items() if t in core and weight >= 1]


def look(text: str, start: int, end: int, words: Lexicon) -> Seen:
    """Count what stands in the sentence `text[start:end]`."""
    seen = view(text[start:end])
    found = Seen(start, end, text[start:end])
    for hit in outermost(words.topics(seen.text)):
        found.topics[hit.name] = max(found.topics.get(hit.name, 0.0), 0.5 if hit.weak else 1.0)
    for weaker, stronger in _SWALLOWED.items():
        if found.topics.get(stronger, 0) >= 1 and weaker in found.topics:
            found.topics[weaker] = 0.5
    _count(found, words.cues(seen.text), seen)
    return found


def _count(found: Seen, hits: list[Hit], seen: View) -> None:
    named: dict[str, dict[str, None]] = {}
    for hit in hits:
        if hit.kind == "cue":
            found.cues.setdefault(hit.name, seen.text[hit.start : hit.end])
        elif hit.kind == "clause":
            found.clauses[hit.name] = found.clauses.get(hit.name, 0) + 1
        else:
            named.setdefault(hit.kind, {})[hit.name] = None
    found.named = {kind: tuple(names) for kind, names in named.items()}


def outermost(hits: list[Hit]) -> list[Hit]:
    """Hits without those that lie inside a longer hit that means something else ("total cost of ownership")."""
    return [h for h in hits if h.name != "none" and not any(_covers(o, h) for o in hits)]


def _covers(outer: Hit, inner: Hit) -> bool:
    longer = outer.end - outer.start > inner.end - inner.start
    return outer.name == "none" and longer and outer.start <= inner.start and inner.end <= outer.end
