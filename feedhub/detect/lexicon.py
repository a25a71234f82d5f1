"""The words of one language as one automaton: topics, cues, clauses, triggers, audiences, laws, evidence, products.

Reads `lexicon/<language>.toml` beside it and the taxonomy, once a language. Never judges what the words add up to.

A pattern is words parted by spaces: `abc*` begins with, `*abc` ends with, `a/b` either, `a_b` two words in a choice, `..` up to 80 characters of
the same sentence; `~` and `^` in front weaken it (see `_WEIGHTS`). An Aho-Corasick automaton over one rare word of every pattern finds
the candidates in one pass; only patterns of several words are then checked by a regular expression.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import ahocorasick_rs

from feedhub import taxonomy

_HERE = Path(__file__).resolve().parent / "lexicon"
#: Languages whose words grow together: a term of ten letters or more is also found inside a longer word.
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
_INSIDE = 7
_GAP = r"[^.;!?]{1,80}?"
_BETWEEN = r"[^\w.;!?]{1,4}"
_TABLES = (
    ("topic", "topics"),
    ("cue", "cues"),
    ("clause", "clauses"),
    ("trigger", "triggers"),
    ("audience", "audience"),
)
#: Cues of the taxonomy and the names under which they are counted here.
_CUES = {"obligation": "must", "consultation_dialogue": "consult"}
#: "~" marks a hint that needs more beside it, "^" words that mean any of several topics.
_WEIGHTS = {"~": 0.5, "^": 0.8}


@dataclass(frozen=True)
class Hit:
    """Where a pattern matched in the view of a passage. `kind` is topic, cue, clause, trigger, audience, law and more."""

    kind: str
    name: str
    start: int
    end: int
    weight: float = 1.0


@dataclass
class Pattern:
    """One compiled pattern; `expression` is made when it is first needed and only for several words."""

    kind: str
    name: str
    source: str
    weight: float = 1.0

    @cached_property
    def words(self) -> list[str]:
        """The words and gaps of the pattern."""
        return self.source.split()

    @cached_property
    def needs(self) -> tuple[tuple[str, ...], ...]:
        """For each word of the pattern, pieces of which one at least stands in every text it matches."""
        return tuple(
            tuple(max(c.strip("*").split("_"), key=len) for c in word.split("/")) for word in self.words if word != ".."
        )

    def possible(self, text: str) -> bool:
        """False when the pattern cannot match; cheaper by far than the regular expression."""
        return all(any(piece in text for piece in pieces) for pieces in self.needs)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression of a pattern of several words."""
        return re.compile(_regex(self.words))


def _regex(words: list[str]) -> str:
    out = ""
    gap = True
    for word in words:
        if word == "..":
            out += _GAP
            gap = True
            continue
        if not gap:
            out += _BETWEEN
        out += "(?:" + "|".join(_word(choice) for choice in word.split("/")) + ")"
        gap = False
    return out


def _word(choice: str) -> str:
    core = _BETWEEN.join(re.escape(part) for part in choice.strip("*").split("_"))
    left = r"\w{0,30}" if choice.startswith("*") else ""
    right = r"\w{0,30}" if choice.endswith("*") else ""
    return rf"(?<!\w){left}{core}{right}(?!\w)"


def _anchors(pattern: Pattern) -> list[str]:
    """The literals of the word whose shortest choice is longest: the rarest place to look from."""
    best: list[str] = []
    for word in pattern.words:
        if word == "..":
            continue
        choices = [max(c.strip("*").split("_"), key=len) for c in word.split("/")]
        if not best or min(map(len, choices)) > min(map(len, best)):
            best = choices
    return best


class Lexicon:
    """All patterns of one language. `find` is pure and may run in many threads at once."""

    def __init__(self, language: str, patterns: list[Pattern]) -> None:
        self.language = language
        self._patterns = patterns
        self._automata = {
            True: self._automaton([p for p in patterns if p.kind == "topic"]),
            False: self._automaton([p for p in patterns if p.kind != "topic"]),
        }

    @staticmethod
    def _automaton(patterns: list[Pattern]) -> tuple[ahocorasick_rs.AhoCorasick, list[list[tuple[Pattern, str]]]]:
        table: dict[str, list[tuple[Pattern, str]]] = defaultdict(list)
        for pattern in patterns:
            if len(pattern.words) == 1:
                for choice in pattern.words[0].split("/"):
                    table[choice.strip("*").replace("_", " ")].append((pattern, choice))
            else:
                for anchor in set(_anchors(pattern)):
                    table[anchor].append((pattern, ""))
        anchors = list(table)
        return ahocorasick_rs.AhoCorasick(anchors), [table[a] for a in anchors]

    def topics(self, text: str) -> list[Hit]:
        """Topic hits in a view's text, in order."""
        return self._find(text, topics=True)

    def cues(self, text: str) -> list[Hit]:
        """All other hits in a view's text, in order."""
        return self._find(text, topics=False)

    def _find(self, text: str, *, topics: bool) -> list[Hit]:
        automaton, owners = self._automata[topics]
        hits: list[Hit] = []
        seen: set[int] = set()
        for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            for pattern, choice in owners[index]:
                if choice:
                    hit = _single(text, start, end, pattern, choice)
                    if hit:
                        hits.append(hit)
                elif id(pattern) not in seen:
                    seen.add(id(pattern))
                    if pattern.possible(text):
                        hits.extend(_several(text, pattern))
        hits.sort(key=lambda h: (h.start, -h.end, h.kind, h.name))
        return hits


def _single(text: str, start: int, end: int, pattern: Pattern, choice: str) -> Hit | None:
    if not choice.startswith("*") and start and _wordly(text[start - 1]):
        return None
    if choice.endswith("*"):
        while end < len(text) and _wordly(text[end]):
            end += 1
    elif end < len(text) and _wordly(text[end]):
        return None
    if choice.startswith("*"):
        while start and _wordly(text[start - 1]):
            start -= 1
    return Hit(pattern.kind, pattern.name, start, end, pattern.weight)


def _wordly(character: str) -> bool:
    return character.isalnum() or character == "_"


def _several(text: str, pattern: Pattern) -> Iterator[Hit]:
    for match in pattern.expression.finditer(text):
        yield Hit(pattern.kind, pattern.name, match.start(), match.end(), pattern.weight)


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of one of `taxonomy.LANGUAGES`; the same object every time."""
    path = _HERE / f"{language}.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    patterns: list[Pattern] = []
    for kind, table in _TABLES:
        for name, line in tables.get(table, {}).items():
            patterns.extend(_parse(kind, name, line))
    marked = {(p.name, p.source.replace("*", "")) for p in patterns if p.weight < 1}
    patterns.extend(p for p in _from_taxonomy(language) if (p.name, p.source.replace("*", "")) not in marked)
    return Lexicon(language, patterns)


def _parse(kind: str, name: str, line: str) -> Iterator[Pattern]:
    for raw in line.split("|"):
        source = " ".join(raw.split()).lower()
        if source:
            yield Pattern(kind, name, source.lstrip("~^").strip(), _WEIGHTS.get(source[0], 1.0))


def _from_taxonomy(language: str) -> Iterator[Pattern]:
    lists = taxonomy.load()
    for topic, terms in lists.terms[language].items():
        for term in terms:
            source = _plain(term, language)
            if source:
                yield Pattern("topic", topic, source)
    for cue, name in _CUES.items():
        for term in lists.cues[language].get(cue, ()):
            yield Pattern("cue", name, _literal(term))
    for kind in lists.evidence.values():
        for word in (*kind.words.get("", ()), *kind.words.get(language, ())):
            yield Pattern("evidence", kind.id, _literal(word))
    for product in lists.products.values():
        for word in product.words.get(language, ()):
            grown = language in _COMPOUNDING and len(word) >= 4
            yield Pattern("product", product.id, _literal(word) + ("*" if grown else ""))
    for law in lists.laws.values():
        for cite in law.cites:
            yield Pattern("law", law.id, _literal(cite))


def _literal(term: str) -> str:
    return " ".join(term.lower().replace("’", "'").replace("*", "").replace("/", " ").split())


def _plain(term: str, language: str) -> str:
    """A term of the taxonomy as a pattern: inflected endings are allowed; long words also inside compounds."""
    words = _literal(term).split()
    if not words:
        return ""
    last = words[-1]
    if len(last) >= 5:
        words[-1] = last + "*"
    if language in _COMPOUNDING and len(words[0]) >= _INSIDE:
        words[0] = "*" + words[0]
    return " ".join(words)
