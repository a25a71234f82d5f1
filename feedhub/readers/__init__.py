"""Snapshot → documents or drafts: finds out what bytes are and hands them to the reader of that format.

Never fetches, never stores, never asks the time; never raises anything but ReadError for bad content.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from types import ModuleType

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers._markup import decode, is_binary
from feedhub.readers._shapes import Kind, Options, Reading
from feedhub.readers._sniff import sniff

__all__ = ["Kind", "Options", "Reading", "read", "sniff"]

#: What is read in the place of what, with a warning: a page declared, something else that holds text served.
_STANDS_IN: dict[Kind, frozenset[Kind]] = {
    SourceKind.PAGE: frozenset({SourceKind.PDF, SourceKind.NEWSLETTER, "text"}),
    SourceKind.PDF: frozenset({SourceKind.PAGE, "text"}),
    SourceKind.NEWSLETTER: frozenset({SourceKind.PAGE, "text"}),
}
#: Bytes looked at for binary content.
_WINDOW = 20_000


def read(body: bytes, kind: Kind | None, options: Options) -> Reading:
    """Read bytes as `kind`, or as what they look like when it is None.

    Magic bytes win over a declared page, PDF or newsletter, with a warning. ReadError: `empty`, `unparseable`,
    `wrong_kind`, `reader_crashed`, and what the reader of the format raises.
    """
    if not body.strip():
        raise ReadError("empty")
    seen = sniff(body, options.content_type, options.url)
    chosen, mismatch = _chosen(kind, seen)
    if chosen is not SourceKind.PDF and is_binary(decode(body[:_WINDOW], options.content_type, options.charset)[0]):
        raise ReadError("unparseable", "the content is binary")
    if seen is SourceKind.PAGE and chosen not in (SourceKind.PAGE, "text"):
        _refuse_page(body, chosen, options)
    reader = _reader(chosen, options.odd if kind is not None and chosen == kind else "")
    try:
        reading: Reading = reader.read(body, options)
    except ReadError:
        raise
    except (RecursionError, MemoryError) as error:
        raise ReadError("reader_crashed", type(error).__name__) from error
    except Exception as error:
        raise ReadError("reader_crashed", f"{type(error).__name__}: {str(error)[:120]}") from error
    first = reading.documents[0] if reading.documents else None
    return replace(
        reading,
        kind=chosen,
        warnings=(*mismatch, *reading.warnings),
        title=reading.title or (first.title if first else reading.drafts[0].title if reading.drafts else ""),
        language=reading.language or (first.language if first else "") or options.language,
    )


def _chosen(kind: Kind | None, seen: Kind | None) -> tuple[Kind, tuple[str, ...]]:
    """The kind to read as, and a warning when it is not the declared one."""
    if kind is None:
        if seen is None:
            raise ReadError("unparseable", "the content is of no known kind")
        return seen, ()
    if seen is None or kind in (seen, "text"):
        return kind, ()
    if seen in _STANDS_IN.get(kind, frozenset()):
        return seen, (f"declared as {kind}, but the content is {seen}; read as {seen}",)
    if seen in ("text", SourceKind.PAGE):
        return kind, ()
    raise ReadError("wrong_kind", f"declared as {kind}, but the content is {seen}")


def _refuse_page(body: bytes, kind: Kind, options: Options) -> None:
    """A web page where something else was declared: say so, and whether it is an error page, login or challenge."""
    try:
        _reader(SourceKind.PAGE, "").read(body, Options(url=options.url, content_type=options.content_type))
    except ReadError as error:
        if error.reason in ("error_page", "login_page", "blocked_page"):
            raise
    raise ReadError("wrong_kind", f"declared as {kind}, but the content is a web page")


def _reader(kind: Kind, odd: str) -> ModuleType:
    name = f"odd.{odd}" if odd else {"text": "plain"}.get(str(kind), str(kind))
    try:
        return importlib.import_module(f"feedhub.readers.{name}")
    except ModuleNotFoundError as error:
        raise ReadError("wrong_kind", f"there is no reader {name}") from error
