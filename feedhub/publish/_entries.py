"""Announcements and notices as entries that no format has touched yet: one id, one text, one order for all formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from urllib.parse import quote

from feedhub import taxonomy
from feedhub.model import Announcement, AnnouncementKind, Instance, Milestone, Notice, NoticeRef, Terms
from feedhub.publish import _content
from feedhub.publish import _wording as wording
from feedhub.publish._links import page_url, safe_url
from feedhub.publish._reading import Unread
from feedhub.publish._shapes import FeedPage, OutagePage, ShownOutage, StatePage
from feedhub.text import clean, shorten

#: Filters that become categories, in this order.
CATEGORIES = ("authority", "country", "topic", "product", "stage", "trust", "clause")
#: By what a rendered entry is kept.
Key = tuple[object, ...]
#: The log is sorted by number alone.
_FIRST = datetime.min.replace(tzinfo=UTC)
_FORMAT = re.compile(r"\.(?:atom|rss|json)(?=\?|$)")


@dataclass(frozen=True)
class Category:
    """`scheme` is a URI that names the list, `term` the value in it, `label` what people call it."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One entry. `kind` is the announcement's, `notice` in a state feed; instants are aware UTC whole seconds.

    `order` sorts entries of one page, newest last; `via` is the original's address, "" when there is none to publish.
    """

    id: str
    kind: str
    title: str
    summary: str
    html: str
    url: str
    published: datetime
    updated: datetime
    author: str
    order: tuple[datetime, int, str]
    language: str = "en"
    title_language: str = ""
    author_url: str = ""
    categories: tuple[Category, ...] = ()
    notice: Notice | None = None
    notice_id: str = ""
    lead_days: int | None = None
    last_confirmed: datetime | None = None
    seq: int = 0
    revision: int = 0

    @property
    def via(self) -> str:
        """The address of the original."""
        return safe_url(self.notice.url) if self.notice else ""

    @property
    def topics(self) -> tuple[str, ...]:
        """Topic ids of what the notice requires."""
        return wording.topics(self.notice.living_requirements) if self.notice else ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """Procurement roles of what the notice requires."""
        found = self.notice.living_requirements if self.notice else ()
        return tuple(dict.fromkeys(r.clause.value for r in found))

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """The dates of the notice, ended ones too."""
        return self.notice.milestones if self.notice else ()


def feed_id(page: FeedPage | StatePage) -> str:
    """The id of the feed that a document belongs to: equal in every format, archive and page of it."""
    return page.instance.tag("feed", _FORMAT.sub("", page.current or page.first or page.path))


@dataclass(frozen=True)
class Slot:
    """One place in a document: `order` sorts, newest last; `make` gives the entry, and may raise.

    `key` names what stands here and everything it is made of, so that what was rendered once can be kept; None when
    that is nothing lasting.
    """

    name: str
    key: Key | None
    order: tuple[datetime, int, str]
    make: Callable[[], Entry]

    @cached_property
    def entry(self) -> Entry:
        """The entry, made when it is asked for first."""
        return self.make()


def slots(page: FeedPage | StatePage, report: Callable[[str], None], is_kept: Callable[[Key], bool]) -> list[Slot]:
    """The places of a page, newest first; one without an order is left out and reported. What is kept is not read."""
    made: list[Slot] = []
    if isinstance(page, OutagePage):
        for entry in (e for shown in page.outages for e in _outage(shown, page.instance)):
            made.append(Slot(f"Entry {entry.id}", None, entry.order, partial(_itself, entry)))
    elif isinstance(page, FeedPage):
        told = Unread(page.read, [seq for seq in page.seqs if not is_kept((seq,))])
        for seq in page.seqs:
            make = partial(_announced, told, seq, page.instance)
            made.append(Slot(f"Announcement {seq}", (seq,), (_FIRST, seq, ""), make))
    else:
        made = _state_slots(page, report, is_kept)
    return sorted(made, key=lambda s: s.order, reverse=True)


def _state_slots(page: StatePage, report: Callable[[str], None], is_kept: Callable[[Key], bool]) -> list[Slot]:
    found: list[tuple[NoticeRef, Key, tuple[datetime, int, str]]] = []
    for ref in page.notices:
        try:
            order = (_changed(ref), 0, ref.id)
        except ValueError as error:
            report(f"Notice {ref.id} was left out of {page.path}: {error}")
            continue
        authority = page.authorities.get(ref.authority_id)
        key = (ref.id, ref.revision, authority.name if authority else "", page.stale.get(ref.id))
        found.append((ref, key, order))
    stands = Unread(page.read, [ref.id for ref, key, _ in found if not is_kept(key)])
    return [Slot(f"Notice {ref.id}", key, order, partial(_noticed, stands, ref.id, page)) for ref, key, order in found]


def _itself(entry: Entry) -> Entry:
    return entry


def _changed(notice: Notice | NoticeRef) -> datetime:
    return max(wording.second(notice.first_recorded), wording.second(notice.updated))


def _announced(told: Unread[int, Announcement], seq: int, instance: Instance) -> Entry:
    value = told.get(seq)
    instant, notice = wording.second(value.instant), value.notice
    notice_id = value.notice_id or (notice.id if notice else "")
    url = (
        page_url(instance, "notices", notice_id)
        or (instance.url("/lessons") if value.kind is AnnouncementKind.LESSON else "")
        or page_url(instance, "authorities", value.authority_id)
        or instance.url("/")
    )
    name = clean(value.authority_name) or clean(instance.name)
    if notice:
        said = _said(value, notice)
        summary = wording.summary(notice, name, note=said, changes=value.changes, lead_days=value.lead_days)
        html = _content.notice_html(notice, name, url, changes=value.changes, note=said)
    else:
        summary = value.summary or " ".join(value.items)
        html = _content.plain_html(value.summary, value.items or value.changes, url, "Read more")
    return Entry(
        id=instance.tag("announcement", value.seq),
        kind=value.kind.value,
        title=shorten(wording.plain(value.title), wording.TITLE) or "untitled",
        summary=shorten(wording.plain(summary), wording.SUMMARY),
        html=html,
        url=url,
        published=instant,
        updated=instant,
        author=name,
        order=(_FIRST, value.seq, ""),
        language=clean(value.language) or "en",
        author_url=page_url(instance, "authorities", value.authority_id),
        categories=_categories(instance, value.terms, notice, value.authority_id, name),
        notice=notice,
        notice_id=notice_id,
        lead_days=value.lead_days,
        seq=value.seq,
        revision=value.revision,
    )


def _outage(shown: ShownOutage, instance: Instance) -> list[Entry]:
    """The beginning of an outage, and its end once it is over; ids of their own, never those of the log."""
    row, name = shown.row, clean(shown.authority_name) or clean(instance.name)
    began = f"{shown.sentence or 'It could not be read well'}. {row.good} of the last {row.checks} checks went well."
    told = [("outage", "", "Cannot be read", began, row.began, [shown.todo] if shown.todo else [])]
    if row.ended is not None:
        days = (row.ended - row.began).days
        over = f"It is read well again, after {days} day{'' if days == 1 else 's'}."
        told.append(("recovery", "/over", "Read again", over, row.ended, []))
    own = f"?authority={quote(shown.authority_id)}" if shown.authority_id else ""
    url = instance.url(f"/sources{own}#{row.source_id}")
    return [
        Entry(
            id=instance.tag("outage", f"{row.id}{suffix}"),
            kind=kind,
            title=shorten(wording.plain(f"{begins}: {shown.title}"), wording.TITLE),
            summary=shorten(wording.plain(said), wording.SUMMARY),
            html=_content.plain_html(said, items, url, "Health of this source"),
            url=url,
            published=wording.second(at),
            updated=wording.second(at),
            author=name,
            order=(wording.second(at), row.id, suffix),
            author_url=page_url(instance, "authorities", shown.authority_id),
        )
        for kind, suffix, begins, said, at, items in told
    ]


def _said(value: Announcement, notice: Notice) -> str:
    """What the announcement says beyond the notice's own summary, which stands in every entry anyway."""
    own = (notice.summary, notice.title)
    if not value.summary or value.summary in own:
        return ""
    return "" if shorten(value.summary, 200) in (shorten(text, 200) for text in own) else value.summary


def _noticed(stands: Unread[str, Notice], notice_id: str, page: StatePage) -> Entry:
    notice = stands.get(notice_id)
    instance, authority = page.instance, page.authorities.get(notice.authority_id)
    name = clean(authority.name if authority else "") or notice.authority_id or clean(instance.name)
    url, confirmed = page_url(instance, "notices", notice.id), page.stale.get(notice.id)
    updated = _changed(notice)
    return Entry(
        id=instance.tag("notice", notice.id),
        kind="notice",
        title=wording.notice_title(notice),
        summary=wording.summary(notice, name, last_confirmed=confirmed),
        html=_content.notice_html(notice, name, url, last_confirmed=confirmed),
        url=url,
        published=wording.second(notice.first_recorded),
        updated=updated,
        author=name,
        order=(updated, 0, notice.id),
        title_language=clean(notice.language),
        author_url=page_url(instance, "authorities", notice.authority_id),
        categories=_categories(instance, {}, notice, notice.authority_id, name),
        notice=notice,
        notice_id=notice.id,
        last_confirmed=confirmed,
        revision=notice.revision,
    )


def _categories(
    instance: Instance, terms: Terms, notice: Notice | None, authority_id: str, authority_name: str
) -> tuple[Category, ...]:
    """Categories of what the entry is about; the frozen terms of before and after fill in where a notice is silent."""
    found = {name: tuple(terms.get(name, ())) for name in CATEGORIES}
    if notice is not None:
        required = notice.living_requirements
        here = {
            "country": (notice.country,) if notice.country else (),
            "topic": wording.topics(required),
            "product": notice.products,
            "stage": (notice.stage.value,),
            "trust": (notice.trust.value,),
            "clause": tuple(dict.fromkeys(r.clause.value for r in required)),
        }
        found |= {name: values for name, values in here.items() if values}
    if authority_id:
        found["authority"] = (authority_id,)
    named = {authority_id: authority_name} if authority_id else {}
    made = (
        _category(instance, name, value, named.get(value, "") if name == "authority" else "")
        for name, values in found.items()
        for value in map(clean, values)
    )
    return tuple(c for c in made if c is not None)


@lru_cache(maxsize=4096)
def _category(instance: Instance, name: str, value: str, label: str) -> Category | None:
    """A value of a filter with its label; the same few stand in every entry."""
    label = label or taxonomy.load().label(name, value)
    return Category(value, instance.tag("scheme", name), clean(label) or value) if value else None
