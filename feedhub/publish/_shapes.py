"""The pages and events that the hub hands over to be rendered. Plain values, no behaviour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from feedhub.model import Announcement, Authority, Instance, Notice, NoticeRef, Outage

#: Gives announcements by their numbers; asked only for those that were not rendered before.
ReadLog = Callable[[Sequence[int]], Mapping[int, Announcement]]
#: Gives notices by their ids; asked only for those that were not rendered before.
ReadNotices = Callable[[Sequence[str]], Mapping[str, Notice]]


@dataclass(frozen=True, kw_only=True)
class _Page:
    """What every feed document has.

    `path` is the canonical path and query of this very document; all paths begin with `/` and are without the base.
    `updated` is the aware instant of the newest entry, and a fixed one when there is none: never the present.
    `prev_archive`, `next_archive`, `current` are RFC 5005 section 4; `first`, `previous`, `next`, `last` section 3.
    `alternates` maps another format (atom, rss, json, ics) to the path of the same content in it.
    """

    instance: Instance
    title: str
    path: str
    html_path: str
    updated: datetime
    subtitle: str = ""
    language: str = "en"
    hub_url: str = ""
    prev_archive: str = ""
    next_archive: str = ""
    current: str = ""
    archive: bool = False
    first: str = ""
    previous: str = ""
    next: str = ""
    last: str = ""
    alternates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FeedPage(_Page):
    """A document of the log: one entry an announcement, newest first. `read` gives those of the numbers `seqs`."""

    seqs: tuple[int, ...] = ()
    read: ReadLog = lambda _: {}


@dataclass(frozen=True)
class ShownOutage:
    """An outage of a source with the words around it; `sentence` and `todo` are those of its reason."""

    row: Outage
    title: str
    url: str = ""
    authority_id: str = ""
    authority_name: str = ""
    sentence: str = ""
    todo: str = ""


@dataclass(frozen=True, kw_only=True)
class OutagePage(FeedPage):
    """For operators: one entry when an outage of a source began and one when it is over."""

    outages: tuple[ShownOutage, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StatePage(_Page):
    """A document of the state: one entry a notice; `read` gives the whole of those that `notices` name.

    `complete` says that the document lists everything (RFC 5005 section 2). `stale` maps the id of a notice whose
    source has not been read well for long to its last confirmation. `tombstones` are ids of notices that left the
    state for good, each with the instant; withdrawn notices among `notices` get theirs without being named here.
    """

    notices: tuple[NoticeRef, ...] = ()
    read: ReadNotices = lambda _: {}
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    complete: bool = False
    stale: Mapping[str, datetime] = field(default_factory=dict)
    tombstones: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Outline:
    """One subscription in an OPML file; outlines with the same `group` stand under one heading ("" for none)."""

    text: str
    title: str
    xml_path: str
    html_path: str
    group: str = ""


@dataclass(frozen=True)
class Event:
    """One date of a notice in a calendar, by their ids and the notice's revision.

    `reminder_days` makes it the day so many days ahead ("30 days to …"); `occurrence` is one turn of a yearly date.
    """

    notice_id: str
    milestone_id: str
    revision: int
    authority: Authority
    reminder_days: int | None = None
    occurrence: date | None = None


@dataclass(frozen=True)
class CalendarPage:
    """A calendar to subscribe to. `path` is canonical; `updated` the aware instant of the newest change.

    `read` gives the notices of the events.
    `alarms` are days before each living date on which a program may ring; most ignore them on subscriptions.
    """

    instance: Instance
    title: str
    path: str
    html_path: str
    events: tuple[Event, ...]
    updated: datetime
    read: ReadNotices = lambda _: {}
    description: str = ""
    alarms: tuple[int, ...] = ()
