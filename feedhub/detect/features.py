"""What stands in a sentence, counted: topics, cues, who is bound, dates. Never weighs what it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from feedhub.detect._view import View, view
from feedhub.detect.lexicon import Hit, Lexicon
from feedhub.model import SignalDate

#: Weight from which a term says its topic without more beside it; 1.0 says it and no other.
STRONG = 0.8
#: Topics that alone, beside words of the environment, say nothing social.
_GREEN = {"chemical_safety", "ecolabel_social"}
#: Topics whose words also serve other ends (quality, accounts, defects, fair competition): in a sentence that
#: names no people at work, no place of making and no proof of a social kind they mean nothing social.
_MEANS = {"third_party_assessment", "remediation", "non_discrimination_equality"}
_SOCIAL = ("worker", "factory", "social")
_ANY_PROOF = {"self_declaration", "espd", "self_assessment", "audit_report", "corrective_action_plan", "site_list"}
_DUTIES = frozenset(("must", "demand", "include", "expect", "ban", "scope"))
#: How far a "may" reaches: to the end of its clause; and when it permits a demand, over all that is demanded.
_CLAUSE = re.compile(r"[^,;:]{0,90}")
_SENTENCE = re.compile(r"[^;:]*")
_LETTER = re.compile(r"\w")


@dataclass
class Seen:
    """One sentence of a text and all that stands in it; `start` and `end` are offsets in that text."""

    start: int
    end: int
    text: str
    seen: View
    topics: dict[str, float] = field(default_factory=dict)
    cues: dict[str, str] = field(default_factory=dict)
    clauses: dict[str, int] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dates: tuple[SignalDate, ...] = ()

    def has(self, *names: str) -> bool:
        """True when a cue of any of these names fired."""
        return not self.cues.keys().isdisjoint(names)

    def strong(self, core: frozenset[str]) -> list[str]:
        """Core topics named by a term that leaves no doubt."""
        return [t for t, weight in self.topics.items() if t in core and weight >= STRONG]


def look(text: str, start: int, end: int, words: Lexicon, low: str = "", hits: list[Hit] | None = None) -> Seen:
    """The topics of the sentence `text[start:end]`; `count` adds the rest, where it is worth the while.

    `low` is the sentence in `plain`, `hits` its topics wherever they are counted from, both where they are known already.
    """
    found = Seen(start, end, text[start:end], view(text[start:end], low))
    for hit in outermost(words.topics(found.seen.text) if hits is None else hits):
        found.topics[hit.name] = max(found.topics.get(hit.name, 0.0), hit.weight)
    return found


def count(found: Seen, words: Lexicon) -> None:
    """Add everything but topics to what was found in a sentence; words inside its dates ("May") mean nothing else."""
    named: dict[str, dict[str, None]] = {}
    text = found.seen.text
    for told in found.dates:
        if told.iso and told.text.lower() in text:
            text = text.replace(told.text.lower(), _LETTER.sub("0", told.text.lower()))
    for hit in binding(words.cues(text), text):
        if hit.kind == "cue":
            found.cues.setdefault(hit.name, text[hit.start : hit.end])
        elif hit.kind == "clause":
            found.clauses[hit.name] = found.clauses.get(hit.name, 0) + 1
        else:
            named.setdefault(hit.kind, {})[hit.name] = None
    if "law" in named:
        found.cues.setdefault("law", next(iter(named["law"])))
    found.named = {kind: tuple(names) for kind, names in named.items()}
    if "env" in found.cues and found.topics.keys() <= _GREEN:
        found.topics.clear()
    proof = set(found.named.get("evidence", ())) - _ANY_PROOF
    if found.topics.keys() <= _MEANS and not found.has(*_SOCIAL) and not proof:
        found.topics.clear()


def binding(hits: list[Hit], text: str) -> list[Hit]:
    """Hits without permissions that are none ("may only") and without duties that are only permitted ("may require")."""
    firm = [h for h in hits if h.name in ("must", "ban")]
    hits = [h for h in hits if h.name != "may" or not any(f.start <= h.start and h.end <= f.end for f in firm)]
    out: list[Hit] = []
    until = -1
    for hit in hits:
        if hit.name == "may":
            until = max(until, hit.end + len(_CLAUSE.match(text, hit.end)[0]))  # type: ignore[index]
        elif hit.name in _DUTIES and hit.start < until:
            if hit.name == "demand":
                until = max(until, hit.end + len(_SENTENCE.match(text, hit.end)[0]))  # type: ignore[index]
            continue
        out.append(hit)
    return out


def led(item: Seen, intro: Seen) -> Seen:
    """An item of a list as the sentence that its intro begins: what the intro says holds for it."""
    strong = any(weight >= STRONG for weight in item.topics.values())
    named = {
        k: tuple(dict.fromkeys((*intro.named.get(k, ()), *item.named.get(k, ())))) for k in intro.named | item.named
    }
    clauses = {k: intro.clauses.get(k, 0) + item.clauses.get(k, 0) for k in intro.clauses | item.clauses}
    return replace(
        item,
        topics=item.topics if strong else {**intro.topics, **item.topics},
        cues={**intro.cues, **item.cues},
        clauses=clauses,
        named=named,
    )


def outermost(hits: list[Hit]) -> list[Hit]:
    """Hits without those that lie inside a longer hit that means something else ("total cost of ownership")."""
    others = [h for h in hits if h.name == "none"]
    return [h for h in hits if h.name != "none" and not any(_covers(o, h) for o in others)]


def _covers(outer: Hit, inner: Hit) -> bool:
    longer = outer.end - outer.start > inner.end - inner.start
    return longer and outer.start <= inner.start and inner.end <= outer.end
