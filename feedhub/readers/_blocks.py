"""From an HTML tree to blocks of text in order: headings with their path, paragraphs, list items, table rows, terms.

Serves every reader that meets HTML. Drops nothing that a person could read; what is clutter is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from lxml import html

from feedhub.model import Block
from feedhub.readers._elements import BOXES, SILENT, fragment, heading_level, safe_link, text_of
from feedhub.readers._tables import Row, is_layout, rows_of
from feedhub.text import clean, shorten

#: Headings inside a list item, cell or fold govern nothing after it.
_SCOPES = frozenset({"li", "td", "th", "dd", "details", "aside"})
_BULLET = re.compile(r"^(?:[•·▪◦‣●○■□➢➤✓–—*-]|\uf0b7|\uf0a7)\s+(?=\S)")
#: The words with which a sentence in ten languages announces a list without ending in a colon.
_FOLLOWING = re.compile(
    r"\b(?:following|below|folgend\w*|nachstehend\w*|följande|nedan\w*|følgende|nedenfor|volgende|onderstaande|"
    r"suivant\w*|ci-dessous|siguientes?|a continuación|seguent\w*|di seguito|seuraav\w*|alla)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^\s\d])")
#: Characters of a list's intro at most, and links kept of one document.
_INTRO = 400
_MAX_LINKS = 2000


@dataclass(frozen=True)
class _Context:
    """What a block is called and what governs it where the walk stands."""

    kind: str = "paragraph"
    intro: str = ""


class Walk:
    """One walk over a tree; `blocks` and `links` hold what was found. Nesting must be capped by the parser."""

    def __init__(self, base: str = "") -> None:
        self.blocks: list[Block] = []
        self.links: dict[tuple[str, str], None] = {}
        self._base = base
        self._path: list[tuple[int, str, str]] = []
        self._context = _Context()
        self._buffer: list[str] = []
        self._anchor = ""
        self._bullets = ""

    def visit(self, element: html.HtmlElement) -> None:
        """Read one element and all below it, without its tail."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in SILENT:
            return
        level = heading_level(element)
        if level:
            self._heading(element, level)
        elif tag in ("ul", "ol", "menu"):
            self._list(element)
        elif tag == "dl":
            self._terms(element)
        elif tag == "table":
            self._table(element)
        elif tag == "br":
            self._buffer.append("\n")
        elif tag == "hr":
            self._flush()
        elif tag in BOXES:
            self._box(element, tag)
        else:
            self._inline(element, tag)

    def _inline(self, element: html.HtmlElement, tag: str) -> None:
        if tag == "sup" and element.find(".//a") is not None:
            return
        if tag == "a":
            self._link(element)
        if tag == "pre":
            self._flush()
            self._buffer.append("".join(element.itertext()).replace("\r\n", "\n"))
            self._flush()
            return
        self._children(element)

    def _children(self, element: html.HtmlElement) -> None:
        if element.text:
            self._buffer.append(_spaced(element.text))
        for child in element:
            self.visit(child)
            if child.tail:
                self._buffer.append(_spaced(child.tail))

    def _box(self, element: html.HtmlElement, tag: str) -> None:
        self._flush()
        if element.get("id") and tag in ("section", "article", "div"):
            self._anchor = fragment(element)
        path = self._path
        self._children(element)
        self._flush()
        if tag in _SCOPES:
            self._path = path

    def _heading(self, element: html.HtmlElement, level: int) -> None:
        self._flush()
        text = text_of(element)
        for link in element.iter("a"):
            self._link(link)
        if not text:
            return
        if element.tag == "summary":
            level = self._path[-1][0] + 1 if self._path else 2
        named = next((name for name in map(fragment, element.iter()) if name), "")
        anchor = named or self._anchor
        self._anchor = ""
        self._path = [step for step in self._path if step[0] < level]
        self.blocks.append(Block(text, "heading", self._names(), level=level, anchor=anchor))
        self._path.append((level, text, anchor))

    def _list(self, element: html.HtmlElement) -> None:
        self._flush()
        with self._within(_Context("item", self._intro())):
            for child in element:
                self.visit(child)
                if child.tail and child.tail.strip():
                    self._buffer.append(_spaced(child.tail))
            self._flush()

    def _terms(self, element: html.HtmlElement) -> None:
        self._flush()
        term, used = "", True
        for part in element.iter("dt", "dd"):
            # A `dd` whose end tag is left out holds the next one: that is read with it.
            if next(part.iterancestors("dl", "dt", "dd"), None) is not element:
                continue
            if part.tag == "dt":
                self._lone_term(term, used=used)
                term, used = text_of(part), False
                for link in part.iter("a"):
                    self._link(link)
            else:
                with self._within(_Context("term", term)):
                    self._box(part, "dd")
                used = True
        self._lone_term(term, used=used)

    def _lone_term(self, term: str, *, used: bool) -> None:
        if term and not used:
            self._emit(term)

    def _table(self, element: html.HtmlElement) -> None:
        self._flush()
        caption = element.find("caption")
        if is_layout(element):
            self._children(element)
            self._flush()
            return
        if caption is not None:
            self._box(caption, "caption")
        title = text_of(caption) if caption is not None else ""
        for link in element.iter("a"):
            self._link(link)
        for row in rows_of(element, text_of):
            self._row(row, title)

    def _row(self, row: Row, title: str) -> None:
        if row.rich:
            for cell in row.cells:
                intro = " | ".join(part for part in (title, cell.header, *row.carried, row.label(cell)) if part)
                with self._within(_Context("cell", intro)):
                    self._box(cell.element, "td")
            return
        text = " | ".join(cell.text for cell in row.cells if cell.text)
        headers = " | ".join(cell.header for cell in row.cells if cell.header and cell.text)
        if text:
            intro = ": ".join(part for part in (title, " | ".join((*row.carried, headers)).strip(" |")) if part)
            self._emit(text, _Context("cell", shorten(intro, _INTRO)))

    @contextmanager
    def _within(self, context: _Context) -> Iterator[None]:
        before, self._context = self._context, context
        yield
        self._context = before

    def _intro(self) -> str:
        """The sentence before a list that announces it; within an item, the item itself and what governs that."""
        last = self.blocks[-1] if self.blocks else None
        context = self._context
        if last is None or last.kind == "heading" or last.path != self._names():
            return context.intro
        if context.kind == "paragraph":
            return "" if last.kind != "paragraph" else announcing(last.text)
        if (last.kind, last.intro) != (context.kind, context.intro):
            return context.intro
        own = _SENTENCE.split(last.text)[-1] if context.kind == "item" else announcing(last.text)
        return shorten(" ".join(part for part in (context.intro, own) if part), _INTRO)

    def _link(self, element: html.HtmlElement) -> None:
        address = safe_link(element.get("href", ""), self._base)
        if address and len(self.links) < _MAX_LINKS:
            self.links[text_of(element), address] = None

    def _names(self) -> tuple[str, ...]:
        return tuple(text for _, text, _ in self._path)

    def _flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text.strip():
            return
        for piece in _pieces(text):
            self._emit(piece)

    def _emit(self, text: str, context: _Context | None = None) -> None:
        context = context or self._context
        bullet = _BULLET.match(text)
        if bullet and context.kind == "paragraph":
            last = self.blocks[-1] if self.blocks else None
            if last is not None and last.kind == "paragraph":
                self._bullets = announcing(last.text)
            elif last is None or last.kind != "item":
                self._bullets = ""
            context = _Context("item", self._bullets)
        text = clean(text[bullet.end() :] if bullet else text)
        if any(c.isalnum() for c in text):
            anchor = self._path[-1][2] if self._path else ""
            self._anchor = ""
            self.blocks.append(Block(text, context.kind, self._names(), context.intro, anchor=anchor))


def blocks_of(root: html.HtmlElement, base: str = "") -> tuple[list[Block], tuple[tuple[str, str], ...]]:
    """The blocks and the links (text, absolute address) of a tree, in order."""
    walk = Walk(base)
    walk.visit(root)
    walk._flush()  # noqa: SLF001 - the end of the walk belongs to it
    return walk.blocks, tuple(walk.links)


def announcing(text: str) -> str:
    """The last sentence of a paragraph when it announces what follows, else ""."""
    last = _SENTENCE.split(text)[-1]
    if text.endswith((":", "…", "...", "–")) or not text.endswith((".", "!", "?", ";")) or _FOLLOWING.search(last):
        return shorten(last, _INTRO)
    return ""


def rooted(blocks: list[Block], path: tuple[str, ...]) -> list[Block]:
    """The same blocks below some more headings."""
    return [replace(b, path=(*path, *b.path)) for b in blocks]


def _spaced(text: str) -> str:
    if text.isprintable() and "  " not in text:
        return text
    return _SPACES.sub(" ", text)


def _pieces(text: str) -> list[str]:
    """The paragraphs in a run of text with line breaks: blank lines part them, and lines that begin with a bullet."""
    pieces: list[str] = []
    for paragraph in _BLANK_LINE.split(text):
        current = ""
        for line in paragraph.split("\n"):
            line = line.strip()  # noqa: PLW2901
            if current and (_BULLET.match(line) or _BULLET.match(current) or current.endswith(":")):
                pieces.append(current)
                current = line
            else:
                current = f"{current} {line}".strip()
        pieces.append(current)
    return [piece for piece in pieces if piece]
