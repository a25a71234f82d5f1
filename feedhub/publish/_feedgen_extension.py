"""What feedgen cannot say by itself, as a feedgen extension. Never decides what is published.

Links with their relations, languages, the marks of RFC 5005, tombstones (RFC 6721), and our own namespace with what a
requirement is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from feedhub.model import Milestone
from feedhub.publish import _wording as wording
from feedhub.publish._entries import Entry
from feedhub.text import clean

#: The own namespace; the same on every instance, for ever. Its elements are described in the documentation of feeds.
NAMESPACE = "tag:feedhub.invalid,2026:ns/1"

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_HISTORY = "http://purl.org/syndication/history/1.0"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: The prefixes of a document, beside those that feedgen adds to RSS itself.
_PREFIXES = {"fh": _HISTORY, "dc": _DC, "at": _TOMBSTONES, "feedhub": NAMESPACE}
_CONTENT = "http://purl.org/rss/1.0/modules/content/"


@dataclass(frozen=True)
class Link:
    """An Atom link."""

    rel: str
    href: str
    type: str = ""
    hreflang: str = ""


class FeedhubExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What stands once in a document."""

    def __init__(self) -> None:
        self.links: tuple[Link, ...] = ()
        self.archive = False
        self.complete = False
        self.updated = ""
        self.tombstones: tuple[tuple[str, str], ...] = ()

    def extend_ns(self) -> dict[str, str]:
        """The prefixes of the document."""
        return _PREFIXES

    def extend_atom(self, feed: Any) -> Any:
        """Add to an Atom feed; feedgen's elements carry no namespace of their own there."""
        feed.find("updated").text = self.updated
        for link in self.links:
            _link(feed, "link", link)
        self._marks(feed)
        for ref, when in self.tombstones:
            etree.SubElement(feed, f"{{{_TOMBSTONES}}}deleted-entry", ref=ref, when=when)
        return feed

    def extend_rss(self, feed: Any) -> Any:
        """Add to an RSS channel."""
        channel = feed.find("channel")
        for link in self.links:
            _link(channel, f"{{{_ATOM}}}link", link)
        self._marks(channel)
        return feed

    def _marks(self, parent: Any) -> None:
        if self.archive:
            etree.SubElement(parent, f"{{{_HISTORY}}}archive")
        if self.complete:
            etree.SubElement(parent, f"{{{_HISTORY}}}complete")


class FeedhubEntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """What stands in every entry."""

    def __init__(self) -> None:
        self.entry: Entry | None = None

    def extend_atom(self, entry: Any) -> Any:
        """Add to an Atom entry; feedgen 1.0.0 drops rel, type and hreflang of an entry's links, so they are ours."""
        value = self.entry
        if value is None:
            return entry
        entry.set(_LANG, value.language)
        if value.title_language and value.title_language != value.language:
            entry.find("title").set(_LANG, value.title_language)
        entry.find("updated").text = wording.stamp(value.updated)
        entry.find("published").text = wording.stamp(value.published)
        _link(entry, "link", Link("alternate", value.url, "text/html"))
        if value.via:
            _link(entry, "link", Link("via", value.via, hreflang=_via_language(value)))
        _own(entry, value)
        return entry

    def extend_rss(self, entry: Any) -> Any:
        """Add to an RSS item."""
        value = self.entry
        if value is None:
            return entry
        etree.SubElement(entry, f"{{{_DC}}}creator").text = value.author
        etree.SubElement(entry, f"{{{_DC}}}language").text = value.language
        if value.via:
            _link(entry, f"{{{_ATOM}}}link", Link("via", value.via, hreflang=_via_language(value)))
        etree.SubElement(entry, f"{{{_ATOM}}}updated").text = wording.stamp(value.updated)
        _own(entry, value)
        return entry


def serialised(entry: Any) -> bytes:
    """The bytes of an entry as they stand inside a document, which declares the prefixes."""
    root = etree.Element("x", nsmap={**_PREFIXES, "atom": _ATOM, "content": _CONTENT})
    root.append(entry)
    text: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return text[text.index(b">") + 1 : -len(b"</x>")]


def _via_language(value: Entry) -> str:
    return clean(value.notice.language) if value.notice else ""


def _link(parent: Any, name: str, link: Link) -> None:
    element = etree.SubElement(parent, name, rel=link.rel, href=link.href)
    if link.type:
        element.set("type", link.type)
    if link.hreflang:
        element.set("hreflang", link.hreflang)


def _own(parent: Any, value: Entry) -> None:
    """The elements of our namespace."""
    _say(parent, "kind", value.kind)
    if value.notice_id:
        _say(parent, "notice", value.notice_id)
    if value.revision:
        _say(parent, "revision", str(value.revision))
    if value.notice is not None:
        _say(parent, "stage", value.notice.stage.value)
        _say(parent, "trust", value.notice.trust.value)
    if value.lead_days is not None:
        etree.SubElement(parent, f"{{{NAMESPACE}}}leadTime", days=str(value.lead_days))
    for topic in value.topics:
        _say(parent, "topic", topic)
    for clause in value.clauses:
        _say(parent, "clause", clause)
    for milestone in value.milestones:
        _milestone(parent, milestone)
    if value.last_confirmed is not None:
        _say(parent, "lastConfirmed", wording.stamp(value.last_confirmed))


def _say(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = clean(text)


def _milestone(parent: Any, value: Milestone) -> None:
    element = etree.SubElement(
        parent,
        f"{{{NAMESPACE}}}milestone",
        kind=value.kind.value,
        date=value.when.iso,
        precision=value.when.precision.value,
        status=value.status.value,
        trust=value.trust.value,
    )
    instant: datetime | None = value.when.instant
    if instant is not None:
        element.set("instant", wording.stamp(instant))
    if value.previous is not None:
        element.set("previous", value.previous.iso)
    if value.subject:
        element.set("subject", clean(value.subject))
