"""From lines of plain text (a text file, a mail, a page of a PDF) to paragraphs and list items. Never judges them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedhub.model import Block
from feedhub.readers._blocks import announcing
from feedhub.text import clean

_BULLET = re.compile(r"^\s*(?:[•·▪◦‣●○■□➢✓–—*-]|\uf0b7|\uf0a7|o(?=\s{2}))\s+(?=\S)")
_NUMBERED = re.compile(r"^\s*(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+(?=\S)")
_HYPHEN = re.compile(r"[^\W\d_]{2}[-\u00ad\u2010]$")
#: "Arbeits-" before "und Sozialstandards" keeps its hyphen.
_GOES_ON = re.compile(r"^(?:und|oder|bzw|en|of|och|eller|og|and|or|et|ou|ja|tai|y|e|o)\b", re.IGNORECASE)
_STOP = (".", "!", "?", ":", ";", "…")
#: A line shorter than this that does not end a sentence may be a line of its own.
_WRAPPED = 45


def blocks_of_lines(lines: Iterable[str], *, page: int = 0, path: tuple[str, ...] = ()) -> list[Block]:
    """Paragraphs and items in order; blank lines, bullets and indents part them, wrapped and hyphenated lines join."""
    blocks: list[Block] = []
    intro = ""
    for text, is_item in _paragraphs(lines):
        text = clean(text)  # noqa: PLW2901
        if not any(c.isalnum() for c in text):
            continue
        if not is_item:
            intro = announcing(text)
        blocks.append(Block(text, "item" if is_item else "paragraph", path, intro if is_item else "", page=page))
    return blocks


def _paragraphs(lines: Iterable[str]) -> Iterable[tuple[str, bool]]:
    """(text, is a list item) for each paragraph."""
    current, is_item, last = "", False, ""
    for line in lines:
        bullet = _BULLET.match(line) or _NUMBERED.match(line)
        if not line.strip() or bullet or (current and not _continues(last, line)):
            if current:
                yield current, is_item
            current, is_item = "", bullet is not None
        if line.strip():
            words = line[bullet.end() :] if bullet and _BULLET.match(line) else line
            current = joined(current, words.strip())
        last = line.rstrip()
    if current:
        yield current, is_item


def _continues(last: str, line: str) -> bool:
    """True when a line goes on with the sentence of the line before."""
    if not last.strip():
        return False
    if _HYPHEN.search(last) or line.lstrip()[:1].islower():
        return True
    if last.endswith(":"):
        return False
    return len(last.strip()) > _WRAPPED


def joined(before: str, line: str) -> str:
    """Two lines of one paragraph; a word broken at the end of the first is mended."""
    if not before:
        return line
    if _HYPHEN.search(before) and line[:1].islower() and not _GOES_ON.match(line):
        return before[:-1] + line
    if before.endswith(("\u00ad",)):
        return before[:-1] + line
    if _HYPHEN.search(before) and line[:1].isupper():
        return before + line
    return f"{before} {line}"
