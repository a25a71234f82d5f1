"""What the hub hands to its doors (web, CLI): plain values, no behaviour."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from feedhub.changes import Difference
from feedhub.hub.grounds import Ground
from feedhub.model import Announcement, Authority, Milestone, Notice, Revision, Source
from feedhub.store.questions import Question


@dataclass(frozen=True)
class Actor:
    """Who acts: an account's id, its role (`buyer`, `curator`, `admin`) and the authority a buyer is bound to."""

    user_id: int
    role: str
    authority_id: str = ""
    email: str = ""


@dataclass(frozen=True)
class Entry:
    """One milestone to look at, with its notice and authority. `day` is when it stands in the agenda.

    `days` counts from today to `day` (negative in the past); `occurrence` is set for one turn of a recurring date.
    """

    notice: Notice
    milestone: Milestone
    authority: Authority
    day: date
    days: int
    occurrence: date | None = None


@dataclass(frozen=True)
class DatePage:
    """A page of dates with how many there are in all."""

    entries: tuple[Entry, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Group:
    """A month (its first day) of a row, how many dates it has, and those of them that are shown one by one."""

    row: str
    first: date
    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MonthView:
    """The dates of a month that are shown; `more` counts the others of a day, `spans_more` the other spans."""

    entries: tuple[Entry, ...]
    more: Mapping[date, int]
    spans_more: int


@dataclass(frozen=True)
class Proof:
    """One kind of evidence, how many living notices accept it, and the first of them."""

    id: str
    total: int
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class LeadTimes:
    """All lead times in days and one page of notices, both shortest first; by authority the median and the number."""

    days: tuple[int, ...]
    bodies: tuple[tuple[Authority, float, int], ...]
    notices: tuple[tuple[Notice, Authority, int], ...]
    page: int
    pages: int


@dataclass(frozen=True)
class NoticePage:
    """A page of notices with the total and facet counts (filter name → value → number of notices)."""

    notices: tuple[Notice, ...]
    total: int
    page: int
    pages: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class NoticeView:
    """Everything one notice page shows. `stale_since` is the last confirmation when that is too long ago.

    `grounds` are the legal bases by requirement id; `others` the authorities of related notices and duplicates by id.
    """

    notice: Notice
    authority: Authority
    revisions: tuple[Revision, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    source: Source | None = None
    lead_days: int | None = None
    lead_from_span: bool = False
    stale_since: datetime | None = None
    related: tuple[Notice, ...] = ()
    duplicates: tuple[Notice, ...] = ()
    others: Mapping[str, Authority] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    grounds: Mapping[str, Ground] = field(default_factory=dict)


@dataclass(frozen=True)
class RevisionView:
    """One revision with the words that it changed; `more` when a later one exists."""

    after: Revision
    differences: tuple[Difference, ...]
    more: bool


@dataclass(frozen=True)
class SourceHealth:
    """How a source does: `days` holds one letter a day, oldest first, for 14 days (good `+`, bad `-`, none `.`)."""

    source: Source
    authority: Authority
    outcome: str = ""
    reason: str = ""
    sentence: str = ""
    todo: str = ""
    last_checked: datetime | None = None
    last_good: datetime | None = None
    next_due: datetime | None = None
    days: str = ""
    good_share: float | None = None
    failing: bool = False
    suspended: bool = False


@dataclass(frozen=True)
class SourcePage:
    """A page of sources, those of an authority together, with how many there are and how many of them fail."""

    sources: tuple[SourceHealth, ...]
    total: int
    failing: int
    page: int
    pages: int


@dataclass(frozen=True)
class AuthorityView:
    """An authority with its median lead time in days, and how many sources it has and how many of them fail.

    On its own page also with their health and its next notices; `total` counts all of those, `topics` the living ones.
    """

    authority: Authority
    notices: tuple[Notice, ...] = ()
    total: int = 0
    topics: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[SourceHealth, ...] = ()
    watched: int = 0
    failing: int = 0
    median_lead_days: float | None = None
    live_notices: int = 0


@dataclass(frozen=True)
class Rendered:
    """The bytes of one public address: what web, WebSub and export all send. `etag` has no quotes.

    `zipped` is the body compressed with no time in it, empty when that gains nothing; `address` is the canonical one.
    `plain` is the body where it is not kept compressed only.
    """

    plain: bytes | None
    content_type: str
    etag: str
    last_modified: datetime
    links: tuple[tuple[str, str], ...] = ()
    zipped: bytes = b""
    address: str = ""

    @property
    def body(self) -> bytes:
        """The body as it is."""
        return gzip.decompress(self.zipped) if self.plain is None else self.plain

    @property
    def size(self) -> int:
        """Bytes of the body (RFC 1952, section 2.3.1: a compressed one ends with them)."""
        return int.from_bytes(self.zipped[-4:], "little") if self.plain is None else len(self.plain)


@dataclass(frozen=True)
class ReviewItem:
    """A draft that waits for a curator: why, since when, and the notice or source it is about."""

    id: int
    why: str
    since: datetime
    title: str
    source_id: str = ""
    notice: Notice | None = None
    detail: str = ""
