"""Turns mails into documents: one message (.eml) or a mailbox (mbox). Never fetches, never stores, never asks the time.

Addresses of senders and recipients are left out: they are personal data. Attachments are named, not opened.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from feedhub.errors import ReadError
from feedhub.model import Block, Document, SourceKind
from feedhub.readers._blocks import blocks_of, rooted
from feedhub.readers._clutter import prune
from feedhub.readers._lines import blocks_of_lines
from feedhub.readers._markup import parse_html
from feedhub.readers._shapes import Options, Reading
from feedhub.text import clean

#: Messages read of one mailbox, and parts of one message.
_MAX_MESSAGES = 1000
_MAX_PARTS = 200
_FROM = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\r?\n")
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")
#: Lines that stand in every newsletter and govern nothing.
_HOUSEKEEPING = re.compile(
    r"unsubscribe|view (?:this|it|the).{0,30}browser|abmelden|im browser (?:ansehen|anzeigen|öffnen)|avregistrera|avsluta prenumeration|"
    r"läs i webbläsaren|afmeld|vis i browser|meld deg av|peruuta tilaus|uitschrijven|afmelden|bekijk.{0,20}browser|"
    r"se désabonner|désinscri|voir dans (?:le|votre) navigateur|darse de baja|cancelar (?:la )?suscripción|annulla l'iscrizione|disiscri",
    re.IGNORECASE,
)


def read(body: bytes, options: Options) -> Reading:
    """One document a message; `at_least` counts messages. ReadError: `empty`, `unparseable`, `too_few`.

    `published` is the day of the Date header in UTC; `ref` the Message-ID, else a hash of the message.
    """
    warnings: list[str] = []
    documents: list[Document] = []
    for number, raw in enumerate(_messages(body)):
        if number >= _MAX_MESSAGES:
            warnings.append(f"only the first {_MAX_MESSAGES} messages were read")
            break
        document = _document(raw, options, warnings)
        if document is not None:
            documents.append(document)
    if not documents:
        raise ReadError("empty")
    if len(documents) < options.at_least:
        raise ReadError("too_few", f"{len(documents)} of at least {options.at_least}")
    first = documents[0]
    return Reading(SourceKind.NEWSLETTER, tuple(documents), (), tuple(warnings), first.title, first.language)


def _messages(body: bytes) -> Iterator[bytes]:
    """The messages of a mailbox (RFC 4155), or the one message the bytes are."""
    if not body.startswith(b"From "):
        yield body.lstrip()
        return
    starts = [match.end() for match in _FROM.finditer(body)]
    ends = [*[match.start() for match in _FROM.finditer(body)][1:], len(body)]
    for start, end in zip(starts, ends, strict=True):
        yield _QUOTED_FROM.sub(rb"\1", body[start:end])


def _document(raw: bytes, options: Options, warnings: list[str]) -> Document | None:
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        title = clean(str(message.get("subject", "")))
        blocks, links = _content(message, options)
        language = clean(str(message.get("content-language", "")))[:2].lower()
        ref = clean(str(message.get("message-id", ""))).strip("<>")
        date_header = str(message.get("date", ""))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError) as error:
        # The mail parser of the standard library raises these for broken headers (bpo-27258 and others).
        warnings.append(f"a message could not be read: {type(error).__name__}")
        return None
    blocks = [b for b in blocks if len(b.text) > 200 or not _HOUSEKEEPING.search(b.text)]
    if not blocks:
        warnings.append(f"a message holds no text: {title[:80]}")
        return None
    return Document(
        title=title,
        blocks=tuple(rooted(blocks, (title,)) if title else blocks),
        language=language if language.isalpha() else options.language,
        links=links,
        published=_day(date_header),
        url="" if options.url.startswith("imap") else options.url,
        ref=ref or f"sha256:{hashlib.sha256(raw).hexdigest()[:32]}",
    )


def _content(message: EmailMessage, options: Options) -> tuple[list[Block], tuple[tuple[str, str], ...]]:
    """The blocks of the HTML part, else of the text part."""
    found: dict[str, EmailMessage] = {}
    for number, part in enumerate(message.walk()):
        if number >= _MAX_PARTS:
            break
        kind = part.get_content_type()
        if kind in ("text/html", "text/plain") and not part.is_attachment():
            found.setdefault(kind, part)
    page = found.get("text/html")
    if page is not None:
        payload = page.get_payload(decode=True)
        try:
            root, _ = parse_html(payload if isinstance(payload, bytes) else b"", page.get_content_charset() or "")
        except ReadError:
            page = None
        else:
            prune(root)
            blocks, links = blocks_of(root, options.url)
            if blocks:
                return blocks, links
    plain = found.get("text/plain")
    if plain is None:
        return [], ()
    text = str(plain.get_content())
    return blocks_of_lines(text.split("\n-- \n", maxsplit=1)[0].splitlines()), ()


def _day(header: str) -> date | None:
    try:
        when = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (when.astimezone(UTC) if when.tzinfo else when).date()
    except (OverflowError, ValueError):
        return None
