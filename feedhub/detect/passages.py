"""A text cut into paragraphs, items and rows with their sentences and what governs them (a list's intro, a heading).

Never judges; offsets are those of the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedhub.text import sentences

_BULLET = re.compile(r"^\s*(?:[-–—•*·▪◦‣>]+|\(?\d{1,2}[.)]|\(?[a-z][.)]|[ivx]{1,4}[.)])\s+")
_LABEL = re.compile(r"^\s*[^\W\d][^:.!?\n]{1,60}:(?:\s|$)")
_FULL_STOP = (".", "!", "?", ":", ";", "…", "|")
_WRAP = 45
#: Characters of a sentence at most, and of a passage, all of which is held in memory at once.
_LONG, _WIDEST = 1_500, 200_000
_HEADING = 90


class Passage(NamedTuple):
    """A paragraph, item or row, `text[start:end]` with its headings and its list's intro."""

    text: str
    start: int
    end: int
    language: str
    heading: str = ""
    intro: str = ""

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """The spans of its sentences in the whole text; cut when asked for, as most passages say nothing of ours."""
        at = self.start
        flat = self.text[at : self.end].replace("\n", " ")
        spans = [(at + a, at + b) for a, b in sentences(flat, self.language)]
        return [piece for a, b in spans for piece in (_pieces(self.text, a, b, _LONG) if b - a > _LONG else ((a, b),))]


def passages(text: str, lang: str, heading: str = "", intro: str = "") -> Iterator[Passage]:
    """The passages of a text in order; `heading` and `intro` stand above them all."""
    under, lead = "", intro
    for start, end in (piece for span in paragraphs(text) for piece in _pieces(text, *span, _WIDEST)):
        piece = text[start:end].strip()
        bullet = _BULLET.match(piece) is not None
        if not bullet:
            lead = intro
        yield Passage(text, start, end, lang, under or heading, lead)
        if bullet:
            continue
        if piece.endswith(":"):
            lead = piece
        elif len(piece) <= _HEADING and not piece.endswith(_FULL_STOP) and "|" not in piece:
            under = f"{heading}. {piece}" if heading else piece


def _pieces(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """What never ends (a table without cells, a list of names, a text in one line) in parts that can be judged."""
    while end - start > most:
        cut = text.rfind(" ", start + most // 2, start + most)
        cut = cut if cut > start else start + most
        yield start, cut
        start = cut
    yield start, end


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of paragraphs, list items and table rows: lines that a page only wrapped belong together."""
    spans: list[tuple[int, int]] = []
    at = 0
    previous = ""
    for line in text.split("\n"):
        end = at + len(line)
        if not line.strip():
            previous = ""
        elif spans and previous and _goes_on(previous, line):
            spans[-1] = (spans[-1][0], end)
            previous = line
        else:
            spans.append((at, end))
            previous = line
        at = end + 1
    return spans


def _goes_on(previous: str, line: str) -> bool:
    if _BULLET.match(line) or "|" in line or "|" in previous:
        return False
    before = previous.rstrip()
    after = line.lstrip()[:1]
    if before.endswith("-") and after.islower():
        return True
    if before.endswith(_FULL_STOP):
        return len(before) > _WRAP and before.endswith(".") and not _LABEL.match(line) and len(line.strip()) > _WRAP
    if after.islower() and not _LABEL.match(line):
        return True
    return len(before) > _WRAP and not _LABEL.match(line)
