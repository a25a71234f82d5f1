"""Turns RSS, Atom and JSON Feed into one document an entry. Never fetches, never stores, never asks the time.

feedparser gets a stream, never bytes or text: it opens files and addresses that those happen to name.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import feedparser

from feedhub.errors import ReadError
from feedhub.model import Block, Document, SourceKind
from feedhub.readers._blocks import blocks_of, rooted
from feedhub.readers._clutter import prune
from feedhub.readers._elements import safe_link, text_of
from feedhub.readers._lines import blocks_of_lines
from feedhub.readers._markup import MAX_DEPTH, charset_doubt, decode, doctype_at, load_json, parse_html_text
from feedhub.readers._shapes import Options, Reading
from feedhub.readers._stamps import stated_date
from feedhub.text import clean

#: Entries read of one feed; the newest stand first in every feed format.
_MAX_ENTRIES = 1000
_ELEMENT = re.compile(r"<[A-Za-z_]")
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)[A-Za-z_][^<>]*?(/?)>")
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_TAGS = re.compile(r"<[A-Za-z/!]|&[#\w]+;")


@dataclass(frozen=True)
class _Entry:
    """One entry as any of the formats gives it."""

    ref: str
    title: str
    url: str
    html: str
    plain: str = ""
    published: date | None = None
    language: str = ""


def read(body: bytes, options: Options) -> Reading:
    """One document an entry, in the feed's order; `at_least` counts entries.

    `ref` is the entry's id, else its address, else a hash of it; `published` the day it was first published, in UTC.
    ReadError: `empty`, `unparseable`, `wrong_kind`, `too_few`.
    """
    text, charset = decode(body, options.content_type, options.charset)
    if not text.strip():
        raise ReadError("empty")
    warnings = list(charset_doubt(options.content_type, options.charset, charset, text))
    if text.lstrip().startswith("{"):
        title, language, entries = _json_feed(body, options, warnings)
    else:
        title, language, entries = _xml_feed(text, options, warnings)
    if len(entries) < options.at_least:
        raise ReadError("too_few", f"{len(entries)} of at least {options.at_least}")
    documents = _unique([_document(e, language or options.language, options.url) for e in entries], warnings)
    return Reading(SourceKind.FEED, tuple(documents), (), tuple(warnings), title, language or options.language)


def _xml_feed(text: str, options: Options, warnings: list[str]) -> tuple[str, str, list[_Entry]]:
    text = _XML_DECLARATION.sub("", text, count=1)
    text = _without_doctype(text)
    _refuse_depth(text)
    text = _capped(text, warnings)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": options.url}
    parsed = feedparser.parse(io.BytesIO(text.encode("utf-8", "replace")), response_headers=headers)
    if not parsed.entries and not parsed.version:
        raise ReadError("wrong_kind" if text.lstrip().startswith("<") else "unparseable", "no RSS or Atom feed")
    if parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.CharacterEncodingOverride):
        warnings.append(f"the feed is not well-formed: {clean(str(parsed.bozo_exception))[:120]}")
    entries = [_of_feedparser(entry, options) for entry in parsed.entries]
    title = _flat(str(parsed.feed.get("title", "")))
    return title, _language(str(parsed.feed.get("language", ""))), entries


def _without_doctype(text: str) -> str:
    """The feed without its document type (old RSS names one); one that defines entities is refused."""
    element = _ELEMENT.search(text)
    head = text[: element.start() if element else len(text)].upper()
    at = doctype_at(text)
    end = text.find(">", at) if at >= 0 else -1
    if "<!ENTITY" in head or (at >= 0 and (end < 0 or "[" in text[at:end])):
        raise ReadError("unparseable", "the feed carries entity definitions, which are refused")
    return text[:at] + text[end + 1 :] if at >= 0 else text


def _refuse_depth(text: str) -> None:
    """Feedparser takes seconds for deep nesting; real feeds, embedded XHTML included, stay under 100 levels."""
    depth = 0
    for tag in _TAG.finditer(_CDATA.sub("", text)):
        if not tag[2]:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MAX_DEPTH:
            raise ReadError("unparseable", "the feed is nested too deeply")


def _capped(text: str, warnings: list[str]) -> str:
    """The feed without the entries beyond the cap."""
    ends = [match.end() for match in _ENTRY_END.finditer(text)]
    if len(ends) <= _MAX_ENTRIES:
        return text
    warnings.append(f"only the first {_MAX_ENTRIES} of {len(ends)} entries were read")
    return text[: ends[_MAX_ENTRIES - 1]] + text[ends[-1] :]


def _of_feedparser(entry: Any, options: Options) -> _Entry:
    contents = [c for c in entry.get("content", ()) if c.get("value")]
    body = str(contents[0]["value"] if contents else entry.get("summary", ""))
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    return _Entry(
        ref=clean(str(entry.get("id", ""))),
        title=_flat(str(entry.get("title", ""))),
        url=safe_link(str(entry.get("link", "")), options.url),
        html=body,
        published=_day(stamp),
        language=_language(str(contents[0].get("language") or "")) if contents else "",
    )


def _day(stamp: Any) -> date | None:
    try:
        made = date(stamp[0], stamp[1], stamp[2]) if stamp else None
    except (ValueError, TypeError, IndexError):
        return None
    return made if made is not None and 1990 <= made.year <= 2100 else None


def _json_feed(body: bytes, options: Options, warnings: list[str]) -> tuple[str, str, list[_Entry]]:
    value = load_json(body, warnings, charset=options.charset)
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(value.get("version", "")):
        raise ReadError("wrong_kind", "the JSON is no JSON Feed")
    if len(items) > _MAX_ENTRIES:
        warnings.append(f"only the first {_MAX_ENTRIES} of {len(items)} entries were read")
    entries = [_of_item(item, options) for item in items[:_MAX_ENTRIES] if isinstance(item, dict)]
    return _flat(_text(value, "title")), _language(_text(value, "language")), entries


def _of_item(item: dict[str, Any], options: Options) -> _Entry:
    return _Entry(
        ref=clean(str(item.get("id") or "")),
        title=clean(_text(item, "title")),
        url=safe_link(_text(item, "url") or _text(item, "external_url"), options.url),
        html=_text(item, "content_html"),
        plain=_text(item, "content_text") or _text(item, "summary"),
        published=stated_date((_text(item, "date_published") or _text(item, "date_modified"))[:10]),
        language=_language(_text(item, "language")),
    )


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _document(entry: _Entry, language: str, base: str) -> Document:
    blocks, links = _content(entry, entry.url or base)
    title = entry.title or (blocks[0].text[:150] if blocks else "")
    if entry.title:
        blocks = [Block(entry.title, "heading", level=1), *rooted(blocks, (entry.title,))]
    stamp = f"{entry.title}\n{entry.published}\n{entry.html}{entry.plain}"
    return Document(
        title=title,
        blocks=tuple(blocks),
        language=entry.language or language,
        links=links,
        published=entry.published,
        url=entry.url,
        ref=entry.ref or entry.url or f"sha256:{_digest(stamp)}",
    )


def _content(entry: _Entry, base: str) -> tuple[list[Block], tuple[tuple[str, str], ...]]:
    if not entry.html.strip():
        return blocks_of_lines(entry.plain.splitlines()), ()
    if not _TAGS.search(entry.html):
        return blocks_of_lines(entry.html.splitlines()), ()
    try:
        root = parse_html_text(entry.html)
    except ReadError:
        return [], ()
    prune(root, menus=False)
    return blocks_of(root, base)


def _unique(documents: list[Document], warnings: list[str]) -> list[Document]:
    """Entries that repeat an earlier one are dropped; those that reuse its id for other words get their own."""
    seen: dict[str, Document] = {}
    for document in documents:
        earlier = seen.get(document.ref)
        if earlier is None:
            seen[document.ref] = document
        elif (earlier.title, earlier.text) != (document.title, document.text):
            ref = f"{document.ref}#{_digest(document.title + document.text)[:12]}"
            warnings.append(f"two entries share the id {document.ref[:80]}")
            seen.setdefault(ref, replace(document, ref=ref))
    return list(seen.values())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _flat(text: str) -> str:
    """A title on one line; some feeds put HTML there."""
    if _TAGS.search(text):
        try:
            return text_of(parse_html_text(f"<p>{text}</p>"))
        except ReadError:
            return ""
    return clean(text)


def _language(tag: str) -> str:
    code = tag.strip().replace("_", "-").split("-")[0].lower()
    return "no" if code in ("nb", "nn") else code if len(code) == 2 and code.isalpha() else ""
