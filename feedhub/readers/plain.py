"""Turns a plain text file into paragraphs and list items. Never fetches, never stores, never asks the time."""

from __future__ import annotations

import re

from feedhub.errors import ReadError
from feedhub.model import Document
from feedhub.readers._lines import blocks_of_lines
from feedhub.readers._markup import charset_doubt, decode
from feedhub.readers._shapes import Options, Reading
from feedhub.readers._stamps import without_stamps

#: Characters read of one text; longer ones are no notices.
_MAX_LENGTH = 5_000_000
_LINE_END = re.compile(r"\r\n|[\n\r\f\u2028\u2029]")


def read(body: bytes, options: Options) -> Reading:
    """One document; its title is its first line when that is short. ReadError: `empty`, `too_few`."""
    text, charset = decode(body, options.content_type, options.charset, markup=False)
    warnings = charset_doubt(options.content_type, options.charset, charset, text)
    if len(text) > _MAX_LENGTH:
        warnings = (*warnings, f"only the first {_MAX_LENGTH} of {len(text)} characters were read")
        text = text[:_MAX_LENGTH]
    lines = _LINE_END.split(text)
    blocks, published = without_stamps(blocks_of_lines(lines), options.country)
    if not blocks:
        raise ReadError("empty")
    if len(blocks) < options.at_least:
        raise ReadError("too_few", f"{len(blocks)} of at least {options.at_least}")
    title = blocks[0].text if len(blocks[0].text) <= 150 else ""
    document = Document(
        title=title,
        blocks=tuple(blocks),
        language=options.language,
        published=published,
        url=options.url,
        warnings=warnings,
    )
    return Reading("text", (document,), (), warnings, title, options.language)
