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
from typing import NamedTuple

import ahocorasick_rs

from feedhub import taxonomy

_HERE = Path(__file__).resolve().parent / "lexicon"
#: Languages whose words grow together: a term of ten letters or more is also found inside a longer word.
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
_INSIDE = 7
_GAP = r"[^.;!?]{1,80}?"
#: Characters that are looked through at once for places, which bounds what is held in memory of a text.
_STRETCH = 100_000
_WORD = re.compile(r"\w+")
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


class Hit(NamedTuple):
    """Where a pattern matched in the view of a passage. `kind` is topic, cue, clause, trigger, audience, law and more."""

    kind: str
    name: str
    start: int
    end: int
    weight: float = 1.0


@dataclass(eq=False)
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
    def rarest(self) -> str:
        """The word whose shortest choice is longest: the one to look from."""
        return max((w for w in self.words if w != ".."), key=lambda w: min(_size(c) for c in _longest(w)))

    @cached_property
    def needs(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        """For each word beside the rarest, whole words and pieces, of which one stands in every text it matches."""
        rest = [word for word in dict.fromkeys(self.words) if word not in ("..", self.rarest)]
        return tuple(map(_needed, sorted(rest, key=lambda w: -min(_size(c) for c in _longest(w)))))

    def possible(self, text: str, words: set[str]) -> bool:
        """False when the pattern cannot match a text that holds its rarest word and these; cheaper than its expression."""
        for whole, pieces in self.needs:
            if words.isdisjoint(whole) and not any(map(text.__contains__, pieces)):
                return False
        return True

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression of a pattern of several words."""
        return re.compile(_regex(self.words))


def _needed(word: str) -> tuple[frozenset[str], tuple[str, ...]]:
    whole: list[str] = []
    pieces: list[str] = []
    for piece in _longest(word):
        exact = "*" not in piece and _WORD.fullmatch(piece) is not None
        (whole if exact else pieces).append(piece.strip("*"))
    return frozenset(whole), tuple(pieces)


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
        out += rf"(?<!\w)(?:{'|'.join(_word(choice) for choice in word.split('/'))})(?!\w)"
        gap = False
    return out


def _word(choice: str) -> str:
    core = _BETWEEN.join(re.escape(part) for part in choice.strip("*").split("_"))
    left = r"\w{0,30}" if choice.startswith("*") else ""
    right = r"\w{0,30}" if choice.endswith("*") else ""
    return left + core + right


def _anchors(pattern: Pattern) -> set[Anchor]:
    """Where to look from for a pattern: the choices of its rarest word."""
    if len(pattern.words) == 1:
        return {
            Anchor(pattern, c.strip("*").replace("_", " "), *_open(c), single=True) for c in pattern.words[0].split("/")
        }
    return {Anchor(pattern, c.strip("*"), *_open(c), single=False) for c in _longest(pattern.rarest)}


def _longest(word: str) -> list[str]:
    """The choices of a word, of two words the longer."""
    return [max(choice.split("_"), key=_size) for choice in word.split("/")]


def _open(choice: str) -> tuple[bool, bool]:
    return choice.startswith("*"), choice.endswith("*")


def _size(choice: str) -> int:
    return len(choice.strip("*"))


class Anchor(NamedTuple):
    """Where to look for a pattern from: a literal, and whether its word may go on `before` and `after` it."""

    pattern: Pattern
    text: str
    before: bool
    after: bool
    single: bool


class Owners(NamedTuple):
    """The patterns of one literal; `begins` and `ends` when it must begin or end a word for every one of them."""

    begins: bool
    ends: bool
    anchors: tuple[Anchor, ...]


class Lexicon:
    """All patterns of one language. `find` is pure and may run in many threads at once."""

    def __init__(self, language: str, patterns: list[Pattern]) -> None:
        self.language = language
        self.patterns = patterns
        self._automata = {
            True: self._automaton([p for p in patterns if p.kind == "topic"]),
            False: self._automaton([p for p in patterns if p.kind != "topic"]),
        }
        self._named = self._automaton([p for p in patterns if p.kind == "topic" and p.name != "none"])
        self._longest = 1 + max((len(a.text) for p in patterns for a in _anchors(p)), default=0)
        self._narrow: dict[frozenset[str], tuple[ahocorasick_rs.AhoCorasick, list[Owners]]] = {}

    @staticmethod
    def _automaton(patterns: list[Pattern]) -> tuple[ahocorasick_rs.AhoCorasick, list[Owners]]:
        table: dict[str, list[Anchor]] = defaultdict(list)
        for pattern in patterns:
            for anchor in sorted(_anchors(pattern), key=lambda a: (a.text, a.before, a.after)):
                table[anchor.text].append(anchor)
        owners = [
            Owners(not any(a.before for a in found), not any(a.after for a in found), tuple(found))
            for found in table.values()
        ]
        return ahocorasick_rs.AhoCorasick(list(table)), owners

    def topics(self, text: str, at: int = 0) -> list[Hit]:
        """Topic hits in a view's text, in order; offsets count from `at`."""
        return self._find(text, at, *self._automata[True])

    def places(self, text: str) -> list[int]:
        """Where in a view's text a topic may begin: a passage that holds none of them has none."""
        automaton, owners = self._named
        found: list[int] = []
        for at in range(0, len(text), _STRETCH):
            first = min(at, 1)
            part = text[at - first : at + _STRETCH + self._longest]
            edges = _edges(part)
            for index, start, end in automaton.find_matches_as_indexes(part, overlapping=True):
                begins, ends, _ = owners[index]
                cut = (begins and edges[start].isalnum()) or (ends and edges[end + 1].isalnum())
                if not cut and first <= start < first + _STRETCH:
                    found.append(start + at - first)
        return found

    def cues(self, text: str) -> list[Hit]:
        """All other hits in a view's text, in order."""
        return self._find(text, 0, *self._automata[False])

    def holds(self, text: str, names: frozenset[str]) -> bool:
        """Whether a view's text has a hit of one of these names that is no topic."""
        if names not in self._narrow:
            self._narrow[names] = self._automaton([p for p in self.patterns if p.kind != "topic" and p.name in names])
        return bool(self._find(text, 0, *self._narrow[names], first=True))

    @staticmethod
    def _find(
        text: str, at: int, automaton: ahocorasick_rs.AhoCorasick, owners: list[Owners], *, first: bool = False
    ) -> list[Hit]:
        hits: list[Hit] = []
        tried: set[Pattern] = set()
        words: set[str] = set()
        edges = _edges(text)
        for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            begins, ends, anchors = owners[index]
            inside = edges[start].isalnum()
            if begins and inside:
                continue
            goes_on = edges[end + 1].isalnum()
            if ends and goes_on:
                continue
            for pattern, _, before, after, single in anchors:
                if (inside and not before) or (goes_on and not after):
                    continue
                if single:
                    left, right = start, end
                    while edges[left].isalnum() and before:
                        left -= 1
                    while edges[right + 1].isalnum() and after:
                        right += 1
                    hits.append(Hit(pattern.kind, pattern.name, left + at, right + at, pattern.weight))
                elif pattern not in tried:
                    tried.add(pattern)
                    words = words or set(_WORD.findall(text))
                    if pattern.possible(text, words):
                        for found in pattern.expression.finditer(text):
                            left, right = found.span()
                            hits.append(Hit(pattern.kind, pattern.name, left + at, right + at, pattern.weight))
            if first and hits:
                return hits
        if len(hits) > 1:
            hits.sort(key=_place)
        return hits


def _edges(text: str) -> str:
    """The characters before (from 0) and after (from 1) each place of a text; all that stands in words is alphanumeric."""
    return f" {text.replace('_', 'x')} "


def _place(hit: Hit) -> tuple[int, int, str, str]:
    return hit.start, -hit.end, hit.kind, hit.name


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


@cache
def anywhere() -> Lexicon:
    """The topics of all languages at once: a text in which it has no places says nothing in any of them."""
    return Lexicon("", [p for lang in taxonomy.LANGUAGES for p in lexicon(lang).patterns if p.kind == "topic"])


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
    for convention in lists.conventions.values():
        for word in convention.words:
            yield Pattern("convention", convention.id, _literal(word))
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
