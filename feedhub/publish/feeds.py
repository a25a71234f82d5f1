"""Atom, RSS 2.0, JSON Feed 1.1 and OPML 2.0. The one adapter around feedgen, whose traps are kept inside.

Never decides what is listed or in which archive it stands; never asks the time.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Literal, Protocol

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feedhub.model import Instance, Milestone, Stage
from feedhub.publish import _wording as wording
from feedhub.publish._content import short_html
from feedhub.publish._entries import Entry, Key, Slot, feed_id, slots
from feedhub.publish._feedgen_extension import NAMESPACE, FeedhubEntryExtension, FeedhubExtension, Link, serialised
from feedhub.publish._shapes import FeedPage, Outline, StatePage
from feedhub.text import clean, shorten

#: The exact content type of each format.
CONTENT_TYPES: Mapping[str, str] = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "opml": "text/x-opml; charset=utf-8",
}
#: Where the service tells what the own elements and members mean, by format; the number is that of the namespace.
SCHEMAS: Mapping[str, str] = {
    "atom": "/static/feedhub-1.rng",
    "rss": "/static/feedhub-1.rng",
    "json": "/static/feedhub-1.schema.json",
}
#: Bytes of a JSON Feed at most (JSON Feed readers refuse large documents).
JSON_LIMIT = 250_000

_TYPES = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
    "ics": "text/calendar",
    "html": "text/html",
}
Format = Literal["atom", "rss", "json"]
Report = Callable[[str], None]


def _silent(_: str) -> None:
    """Nobody wants to know."""


def _rss_date(instant: datetime) -> str:
    """An RFC 822 date in English whatever the locale."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


# feedgen formats RSS dates through locale.setlocale, which changes the whole process and is not thread-safe (1.0.0).
feedgen.feed.formatRFC2822 = _rss_date
feedgen.entry.formatRFC2822 = _rss_date


class Kept(Protocol):
    """Where rendered entries are kept between documents of one instance; a dictionary will do."""

    def get(self, key: Key, /) -> bytes | None:
        """What was kept, if it still is."""

    def __setitem__(self, key: Key, fragment: bytes, /) -> None:
        """Keep a rendered entry."""


def render(page: FeedPage | StatePage, fmt: Format, report: Report = _silent, kept: Kept | None = None) -> bytes:
    """The bytes of one feed document in UTF-8; the same page gives the same bytes.

    An entry that cannot be rendered is left out and `report` gets a sentence about it. An announcement never changes
    and a notice only by a revision, so what they look like in a format is made once and `kept`. Raises ValueError for
    an unknown format.
    """
    kept = {} if kept is None else kept
    if fmt == "json":
        return _json(page, report, kept)
    if fmt not in ("atom", "rss"):
        raise ValueError(f"There is no feed format “{fmt}”.")
    generator = _generator(page, fmt)
    whole: bytes = generator.atom_str() if fmt == "atom" else generator.rss_str()
    places = slots(page, report, lambda key: kept.get((fmt, *key)) is not None)
    made = (_fragment(slot, fmt, page, report, kept) for slot in places)
    end = _ENDS[fmt]
    return b"".join((whole.removesuffix(end), *(m for m in made if m), end))


# -- Atom and RSS
_ENDS = {"atom": b"</feed>", "rss": b"</channel></rss>"}


def _fragment(slot: Slot, fmt: Format, page: FeedPage | StatePage, report: Report, kept: Kept) -> bytes:
    """One rendered entry, kept or new; empty when it cannot be rendered."""
    key = slot.key and (fmt, *slot.key)
    found = kept.get(key) if key else None
    if found is not None:
        return found
    try:
        made = FeedEntry()
        _fill(made, slot.entry, fmt)
        text = serialised(made.atom_entry() if fmt == "atom" else made.rss_entry())
    except Exception as error:  # noqa: BLE001 -- one entry never takes its feed down, whatever is wrong with it
        report(f"{slot.name} was left out of {page.path}: {error}")
        return b""
    if key:
        kept[key] = text
    return text


def _fill(made: Any, entry: Entry, fmt: str) -> None:
    made.register_extension("feedhub", FeedhubEntryExtension)
    made.feedhub.entry = entry
    made.id(entry.id)
    made.title(entry.title)
    made.published(entry.published)
    made.updated(entry.updated)
    made.content(entry.html, type="html")
    made.category([{"term": c.term, "scheme": c.scheme, "label": c.label} for c in entry.categories])
    if fmt == "rss":
        made.link(href=entry.url)
        made.description(escape(entry.summary or entry.title, quote=False))  # readers take it for HTML
        return
    made.author({"name": entry.author, **({"uri": entry.author_url} if entry.author_url else {})})
    if entry.summary:
        made.summary(entry.summary, type="text")


def _generator(page: FeedPage | StatePage, fmt: str) -> Any:
    """The feed without entries: every default of feedgen that would be the present is set."""
    instance, made = page.instance, FeedGenerator()
    made.register_extension("feedhub", FeedhubExtension, FeedhubEntryExtension)
    made.id(feed_id(page))
    made.title(_title(page))
    made.subtitle(clean(page.subtitle) or _title(page))
    made.description(escape(clean(page.subtitle), quote=False) or _title(page))
    made.updated(wording.second(page.updated))
    made.language(page.language)
    made.author({"name": clean(instance.name) or "feedhub", "uri": instance.url("/")})
    made.generator("feedhub")  # no version: archives and entity tags outlive an upgrade
    made.rights(_rights(instance))
    made.docs("https://www.rssboard.org/rss-specification")
    own = made.feedhub
    own.updated = wording.stamp(page.updated)
    own.archive = page.archive
    own.links = _links(page, fmt)
    if fmt == "rss":
        made.link(href=instance.url(page.html_path))
        made.ttl(60)
    if isinstance(page, StatePage):
        own.complete = page.complete
        own.tombstones = _tombstones(page)
    return made


def _title(page: FeedPage | StatePage) -> str:
    return shorten(wording.plain(page.title), wording.TITLE) or "feedhub"


def _rights(instance: Instance) -> str:
    name = "CC BY 4.0, " if "creativecommons.org/licenses/by/4.0" in instance.licence else ""
    return f"Compiled data: {name}{instance.licence}. Quotes belong to the authorities that published them."


def _links(page: FeedPage | StatePage, fmt: str) -> tuple[Link, ...]:
    """Self, the HTML twin, the other formats, hub, licence and the neighbours, each relation with its own type."""
    url, own = page.instance.url, _TYPES[fmt]
    out = [Link("self", url(page.path), own)]
    if fmt == "atom":
        out.append(Link("alternate", url(page.html_path), "text/html", page.language))
    out += [
        Link("alternate", url(path), _TYPES[other])
        for other, path in page.alternates.items()
        if path and other != fmt and other in _TYPES and other != "html"
    ]
    if page.hub_url:
        out.append(Link("hub", page.hub_url))
    out += [Link(rel, url(path), own) for rel, path in _neighbours(page).items()]
    if page.instance.licence:
        out.append(Link("license", page.instance.licence))
    out.append(Link("describedby", url(SCHEMAS[fmt]), "application/xml"))
    return tuple(out)


def _neighbours(page: FeedPage | StatePage) -> dict[str, str]:
    paths = {
        "first": page.first,
        "previous": page.previous,
        "next": page.next,
        "last": page.last,
        "prev-archive": page.prev_archive,
        "next-archive": page.next_archive,
        "current": page.current,
    }
    return {rel: path for rel, path in paths.items() if path}


def _tombstones(page: StatePage) -> tuple[tuple[str, str], ...]:
    """One deleted-entry an id (RFC 6721): withdrawn notices, and those that left the state for good."""
    gone = {n.id: n.updated for n in page.notices if n.stage is Stage.WITHDRAWN} | dict(page.tombstones)
    return tuple((page.instance.tag("notice", key), wording.stamp(when)) for key, when in sorted(gone.items()))


# -- JSON Feed
def _json(page: FeedPage | StatePage, report: Report, kept: Kept) -> bytes:
    """A JSON Feed 1.1; bodies are shortened, oldest entries first, until the document is small enough."""
    places: list[Slot] = []
    parts: list[bytes] = []
    for slot in slots(page, report, lambda key: kept.get(("json", 0, *key)) is not None):
        try:
            parts.append(_item(slot, 0, kept))
        except Exception as error:  # noqa: BLE001 -- the same as above
            report(f"{slot.name} was left out of {page.path}: {error}")
        else:
            places.append(slot)
    head = _dumps(_json_head(page))
    size = len(head) + sum(len(p) + 1 for p in parts)
    for level in (1, 2, 3):
        for i in range(len(parts) - 1, -1, -1):
            if size <= JSON_LIMIT:
                break
            smaller = _item(places[i], level, kept)
            size += len(smaller) - len(parts[i])
            parts[i] = smaller
    if size > JSON_LIMIT:
        report(f"{page.path} has {size} bytes, more than readers of JSON Feed like: list fewer entries a page.")
    return head[:-1] + b',"items":[' + b",".join(parts) + b"]}"


def _item(slot: Slot, level: int, kept: Kept) -> bytes:
    """One item, kept or new."""
    key = slot.key and ("json", level, *slot.key)
    found = kept.get(key) if key else None
    if found is None:
        found = _dumps(_json_item(slot.entry, level))
        if key:
            kept[key] = found
    return found


def _dumps(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _json_head(page: FeedPage | StatePage) -> dict[str, Any]:
    instance = page.instance
    following = page.next or page.prev_archive
    own: dict[str, Any] = {
        "about": instance.url(SCHEMAS["json"]),
        "id": feed_id(page),
        "namespace": NAMESPACE,
        "licence": instance.licence,
        "updated": wording.stamp(page.updated),
        "archive": page.archive,
        "links": {rel: instance.url(path) for rel, path in _neighbours(page).items()},
    }
    if isinstance(page, StatePage):
        own["complete"] = page.complete
        own["deleted"] = [{"id": ref, "when": when} for ref, when in _tombstones(page)]
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(page),
        "home_page_url": instance.url(page.html_path),
        "feed_url": instance.url(page.path),
        **({"description": clean(page.subtitle)} if clean(page.subtitle) else {}),
        **({"next_url": instance.url(following)} if following else {}),
        "authors": [{"name": clean(instance.name) or "feedhub", "url": instance.url("/")}],
        "language": page.language,
        **({"hubs": [{"type": "WebSub", "url": page.hub_url}]} if page.hub_url else {}),
        "_feedhub": own,
    }


def _json_item(entry: Entry, level: int) -> dict[str, Any]:
    """One item; `level` 0 is whole, 1 has a short body, 2 a shorter one without dates, 3 the title only."""
    item: dict[str, Any] = {"id": entry.id, "url": entry.url, "title": entry.title}
    if level == 3:
        return {
            **item,
            "content_text": "",
            "date_published": wording.stamp(entry.published),
            "date_modified": wording.stamp(entry.updated),
        }
    if entry.via:
        item["external_url"] = entry.via
    if level == 2:
        item["content_text"] = shorten(entry.summary or entry.title, 280)
    else:
        item["content_html"] = short_html(shorten(entry.summary, 600), entry.url) if level else entry.html
        item["summary"] = shorten(entry.summary, 600) if level else entry.summary
    item |= {
        "date_published": wording.stamp(entry.published),
        "date_modified": wording.stamp(entry.updated),
        "authors": [{"name": entry.author, **({"url": entry.author_url} if entry.author_url else {})}],
        "language": entry.language,
    }
    if level < 2:
        item["tags"] = list(dict.fromkeys(c.label for c in entry.categories))
    item["_feedhub"] = _json_own(entry, level)
    return item


def _json_own(entry: Entry, level: int) -> dict[str, Any]:
    own: dict[str, Any] = {"kind": entry.kind, "notice": entry.notice_id, "revision": entry.revision}
    if entry.notice is not None:
        own |= {"stage": entry.notice.stage.value, "trust": entry.notice.trust.value}
        own |= {"topics": list(entry.topics), "clauses": list(entry.clauses)}
    if entry.lead_days is not None:
        own["lead_time_days"] = entry.lead_days
    if entry.last_confirmed is not None:
        own["last_confirmed"] = wording.stamp(entry.last_confirmed)
    if level < 2:
        own["milestones"] = [_json_milestone(m) for m in entry.milestones]
    return own


def _json_milestone(value: Milestone) -> dict[str, Any]:
    made = {
        "kind": value.kind.value,
        "date": value.when.iso,
        "precision": value.when.precision.value,
        "status": value.status.value,
        "trust": value.trust.value,
    }
    if value.when.instant is not None:
        made["instant"] = wording.stamp(value.when.instant)
    if value.previous is not None:
        made["previous"] = value.previous.iso
    return made


# -- OPML
def opml(instance: Instance, title: str, outlines: Sequence[Outline], now_instant: datetime) -> bytes:
    """An OPML 2.0 subscription list; `now_instant` (aware) is the date the list was put together."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    for name, text in (
        ("title", clean(title)),
        ("dateModified", _rss_date(now_instant)),
        ("ownerName", clean(instance.name)),
        ("ownerId", instance.url("/")),
        ("docs", "http://opml.org/spec2.opml"),
    ):
        ET.SubElement(head, name).text = text
    body = ET.SubElement(root, "body")
    groups: dict[str, list[Outline]] = {"": []}
    for outline in outlines:
        groups.setdefault(clean(outline.group), []).append(outline)
    for group, members in groups.items():
        parent = ET.SubElement(body, "outline", text=group, title=group) if group else body
        for outline in members:
            text = wording.plain(outline.text) or wording.plain(outline.title) or instance.url(outline.xml_path)
            ET.SubElement(
                parent,
                "outline",
                type="rss",
                text=text,
                title=wording.plain(outline.title) or text,
                xmlUrl=instance.url(outline.xml_path),
                htmlUrl=instance.url(outline.html_path),
            )
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made
