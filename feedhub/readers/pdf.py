"""Turns a PDF into blocks with page numbers. Never fetches, never stores, never asks the time.

pypdf runs in a process of its own with caps on memory, CPU, wall time and pages (`_pdf_child.py`): a crafted file may
kill that process and nothing else. Scanned pages hold no text; nothing is guessed from pictures.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from feedhub.errors import ReadError
from feedhub.model import Block, Document, SourceKind
from feedhub.readers._lines import blocks_of_lines, joined
from feedhub.readers._shapes import Options, Reading
from feedhub.readers._stamps import without_stamps
from feedhub.text import clean

#: Caps of the child: bytes of address space, seconds of CPU, seconds of wall time, pages (pdfminer took 1.36 GB).
MEMORY = 512 * 1024 * 1024
CPU = 10
WALL = 20
PAGES = 300
#: Exit statuses of the child (`_pdf_child.py`).
_ENCRYPTED = 3
_NO_PDF = 4
#: Characters a page must hold on average to be more than a scan with a stamp.
_LEAST_A_PAGE = 12
#: A line so much larger than the body text is a heading.
_LARGER = 1.12
_HEADING = 160
_PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:page|seite|sida|side|sivu|pagina|página|p\.)\s*)?\d{1,4}(?:\s*(?:/|of|von|av|af|van|de|sur|di)\s*\d{1,4})?\W*$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
#: Titles that a program gave: names of files, and of documents that nobody named.
_UNNAMED = re.compile(r"(?i)\.(?:docx?|pdf|indd|xlsx?|pptx?)$|^(?:microsoft word|untitled|unbenannt)")
_STAMP = re.compile(r"^D?:?(\d{4})(\d{2})(\d{2})")

#: Lines a page must hold before what repeats at its edges is taken for a running head.
_FULL_PAGE = 3

Line = tuple[str, float]


@dataclass
class _Reader:
    """What is being put together: blocks, and the headings above the next one."""

    body: float
    blocks: list[Block] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)


def read(body: bytes, options: Options) -> Reading:
    """One document whose blocks carry their page from 1.

    ReadError: `encrypted`, `unreadable` (no text, scans only), `unparseable`, `truncated`, `reader_crashed`, `too_few`.
    """
    found = _in_child(body)
    pages: list[list[Line]] = [[(str(t), float(s)) for t, s in page] for page in found["pages"]]
    letters = sum(1 for page in pages for text, _ in page for c in text if c.isalnum())
    if letters < max(1, len(pages)) * _LEAST_A_PAGE:
        why = "; ".join(map(str, found["warnings"][:2]))
        raise ReadError("unreadable", why or ("the pages hold pictures only" if b"/Image" in body else ""))
    blocks, stamped = without_stamps(_blocks(_without_running_heads(pages)), options.country)
    if len(blocks) < options.at_least:
        raise ReadError("too_few", f"{len(blocks)} of at least {options.at_least}")
    title = _title(clean(found["title"]), blocks)
    language = clean(found["language"])[:2].lower()
    warnings = tuple(clean(str(w)) for w in found["warnings"])
    document = Document(
        title=title,
        blocks=tuple(blocks),
        language=("no" if language in ("nb", "nn") else language) if language.isalpha() else options.language,
        published=stamped or _modified(found["modified"]),
        url=options.url,
        warnings=warnings,
    )
    return Reading(SourceKind.PDF, (document,), (), warnings, title, document.language)


def _in_child(body: bytes) -> dict[str, Any]:
    """What the child printed; raises for every way in which it can end badly."""
    start = body.find(b"%PDF-", 0, 1024)
    if start < 0:
        raise ReadError("unparseable", "no PDF")
    command = [sys.executable, "-P", "-m", "feedhub.readers._pdf_child", str(MEMORY), str(CPU), str(PAGES)]
    # The child finds what this process finds and inherits nothing else: no secret, no setting.
    environment = {"PYTHONPATH": os.pathsep.join(place for place in sys.path if place)}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, input=body[start:], capture_output=True, timeout=WALL, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError("reader_crashed", f"no end after {WALL} s") from error
    except OSError as error:
        raise ReadError("reader_crashed", f"the reader could not be started: {error.strerror}") from error
    if done.returncode == _ENCRYPTED:
        raise ReadError("encrypted")
    if done.returncode == _NO_PDF:
        cut = b"%%EOF" not in body[-2048:]
        raise ReadError("truncated" if cut else "unparseable", done.stderr.decode("utf-8", "replace")[:120].strip())
    if done.returncode != 0:
        raise ReadError("reader_crashed", f"the reader ended with status {done.returncode}")
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise ReadError("reader_crashed", "the reader's answer is broken") from error
    return found


def _without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines without page numbers and without what stands at the head or foot of most pages."""
    edges = Counter(
        key for page in pages for key in {_key(text) for text, _ in (*_shown(page)[:2], *_shown(page)[-2:])} if key
    )
    running = {key for key, count in edges.items() if len(pages) >= 3 and count > len(pages) * 0.6}
    out: list[list[Line]] = []
    for page in pages:
        shown = _shown(page)
        heads = running if len(shown) >= _FULL_PAGE else set()
        edge = {id(line) for line in (*shown[:2], *shown[-2:])}
        out.append(
            [
                line
                for line in page
                if not (id(line) in edge and (_key(line[0]) in heads or _PAGE_NUMBER.match(line[0].strip())))
            ]
        )
    return out


def _shown(page: Sequence[Line]) -> list[Line]:
    return [line for line in page if line[0].strip()]


def _key(text: str) -> str:
    return _DIGITS.sub("#", clean(text))


def _blocks(pages: Sequence[Sequence[Line]]) -> list[Block]:
    weights: Counter[float] = Counter()
    for page in pages:
        for text, size in page:
            weights[size] += len(text.strip())
    body = weights.most_common(1)[0][0] if weights else 0.0
    reader = _Reader(body)
    reader.sizes = sorted({s for p in pages for t, s in p if s > body * _LARGER and t.strip()}, reverse=True)
    for number, page in enumerate(pages, 1):
        _read_page(reader, page, number)
    return reader.blocks


def _read_page(reader: _Reader, page: Sequence[Line], number: int) -> None:
    """Headings by their size, what is between them as paragraphs; a paragraph over a page's end is joined."""
    run: list[str] = []
    heading, size = "", 0.0
    for text, points in [*page, ("", 0.0)]:
        large = points > reader.body * _LARGER and len(text.strip()) <= _HEADING and bool(text.strip())
        if heading and (not large or points != size):
            _add_heading(reader, heading, size, number)
            heading = ""
        if large:
            _add_lines(reader, run, number)
            run = []
            heading, size = joined(heading, text.strip()), points
        else:
            run.append(text)
    _add_lines(reader, run, number)


def _add_heading(reader: _Reader, text: str, size: float, page: int) -> None:
    text = clean(text)
    if not any(c.isalpha() for c in text):
        return
    level = min(6, reader.sizes.index(size) + 1)
    reader.path = [step for step in reader.path if step[0] < level]
    reader.blocks.append(Block(text, "heading", tuple(t for _, t in reader.path), level=level, page=page))
    reader.path.append((level, text))


def _add_lines(reader: _Reader, lines: list[str], page: int) -> None:
    blocks = blocks_of_lines(lines, page=page, path=tuple(t for _, t in reader.path))
    last = reader.blocks[-1] if reader.blocks else None
    if blocks and last is not None and last.page == page - 1 and _runs_on(last, blocks[0]):
        reader.blocks[-1] = Block(
            joined(last.text, blocks[0].text), last.kind, last.path, last.intro, page=last.page, anchor=last.anchor
        )
        blocks = blocks[1:]
    reader.blocks += blocks


def _runs_on(last: Block, first: Block) -> bool:
    return (
        last.kind != "heading"
        and first.kind == "paragraph"
        and first.text[:1].islower()
        and last.text[-1] not in ".!?:;"
    )


def _title(said: str, blocks: Sequence[Block]) -> str:
    """The largest heading of the first page; else the file's own title; else its first line."""
    heading = next((b.text for b in blocks if b.kind == "heading" and b.level == 1 and b.page == 1), "")
    if heading:
        return heading
    if said and not _UNNAMED.search(said):
        return said
    return blocks[0].text[:150] if blocks else said


def _modified(stamp: str) -> date | None:
    found = _STAMP.match(stamp)
    try:
        made = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
    return made if made is not None and 1990 <= made.year <= 2100 else None
