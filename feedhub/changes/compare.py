"""What the words of two states of a notice have in common, word by word. Pure: compares, never judges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from feedhub.model import Notice

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
#: Tokens beyond which two texts are shown whole: comparing takes time with the square of it.
LONGEST = 4000


@dataclass(frozen=True)
class Piece:
    """Words that stayed (`same`), went (`gone`) or came (`new`)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """How one text of a notice changed. `what` is `title`, `summary` or `requirement`, of a `topic` then."""

    what: str
    pieces: tuple[Piece, ...]
    topic: str = ""


def compare(before: Notice, after: Notice) -> tuple[Difference, ...]:
    """Every text of a notice that changed between two of its states, in the order of the page."""
    return tuple(_differences(before, after))


def _differences(before: Notice, after: Notice) -> Iterator[Difference]:
    for what, old, new in (("title", before.title, after.title), ("summary", before.summary, after.summary)):
        if old != new:
            yield Difference(what, word_diff(old, new))
    was = {r.id: r for r in before.living_requirements}
    now = {r.id: r for r in after.living_requirements}
    for key in dict.fromkeys([*now, *was]):
        one = now.get(key) or was[key]
        old, new = (_text(was.get(key)), _text(now.get(key)))
        if old != new:
            yield Difference("requirement", word_diff(old, new), one.topic)


def _text(requirement: object) -> str:
    text = getattr(requirement, "text", "") or getattr(requirement, "quote", "")
    return str(text)


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of two texts in reading order; those that are not `new` make the first, those not `gone` the second."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) + len(new) > LONGEST:
        return tuple(p for p in (Piece("gone", before), Piece("new", after)) if p.text)
    out: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            out.append(Piece("same", "".join(old[a:b])))
            continue
        out += [Piece(k, t) for k, t in (("gone", "".join(old[a:b])), ("new", "".join(new[c:d]))) if t]
    return tuple(_joined(out))


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Changed words with nothing but space between them read as one change."""
    gone = new = ""
    for place, piece in enumerate(pieces):
        inside = piece.kind == "same" and not piece.text.strip() and (gone or new) and place + 1 < len(pieces)
        if piece.kind == "same" and not inside:
            yield from (Piece(k, t) for k, t in (("gone", gone), ("new", new)) if t)
            gone = new = ""
            yield piece
            continue
        gone += piece.text if piece.kind != "new" else ""
        new += piece.text if piece.kind != "gone" else ""
    yield from (Piece(k, t) for k, t in (("gone", gone), ("new", new)) if t)
