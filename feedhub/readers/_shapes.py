"""What every reader takes and gives: `Options` and `Reading`. Never reads anything itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedhub.model import Document, Draft, SourceKind

#: A kind of source, or a plain text file, which no source declares.
Kind = SourceKind | Literal["text"]


@dataclass(frozen=True)
class Options:
    """How a snapshot is to be read; all of it is optional.

    `select` and `drop` are CSS selectors (for a sitemap `select` is a path prefix). `at_least` counts blocks of text,
    in a feed, mailbox or sitemap entries. `language` is ISO 639-1, `country` ISO 3166-1 alpha-2. `url` is the address
    the bytes came from, `status`, `content_type` and `charset` what the server said. `odd` names a file of `readers/odd`.
    `cursor` is the dotted path of what leads to the next page, where it is not the format's own.
    """

    select: str = ""
    drop: tuple[str, ...] = ()
    at_least: int = 1
    language: str = ""
    odd: str = ""
    url: str = ""
    content_type: str = ""
    charset: str = ""
    country: str = ""
    status: int = 200
    cursor: str = ""


@dataclass(frozen=True)
class Reading:
    """What a reader made of the bytes. `kind` is what they were read as; `warnings` are sentences for the operator.

    `next_page` is the address or token of the next page of one query, "" on the last one.
    """

    kind: Kind = "text"
    documents: tuple[Document, ...] = ()
    drafts: tuple[Draft, ...] = ()
    warnings: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    next_page: str = ""


def cursor_at(payload: object, path: str) -> str:
    """The text (or whole number) at a dotted path of JSON, "" where there is none."""
    for key in path.split("."):
        payload = payload.get(key) if isinstance(payload, dict) else None
    if isinstance(payload, int) and not isinstance(payload, bool):
        return str(payload)
    return payload.strip()[:4000] if isinstance(payload, str) else ""
