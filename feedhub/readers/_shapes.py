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


@dataclass(frozen=True)
class Reading:
    """What a reader made of the bytes. `kind` is what they were read as; `warnings` are sentences for the operator."""

    kind: Kind = "text"
    documents: tuple[Document, ...] = ()
    drafts: tuple[Draft, ...] = ()
    warnings: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
