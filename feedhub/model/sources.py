"""Authorities, sources, snapshots, documents and signals: what is watched, and what was seen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from feedhub.model.dates import Precision
from feedhub.model.notices import Clause, Stage

_SECONDS = {"s": 1, "m": 60, "h": 3600}


class SourceKind(StrEnum):
    """The readers a source can ask for."""

    PAGE = "page"
    PDF = "pdf"
    FEED = "feed"
    SITEMAP = "sitemap"
    NEWSLETTER = "newsletter"
    OCDS = "ocds"
    EFORMS = "eforms"
    ESPD = "espd"
    ICS = "ics"


class Signposts(StrEnum):
    """What an authority uses the address for."""

    SUPPLIER_CODE = "supplier_code"
    POLICY = "policy"
    GUIDANCE = "guidance"
    NEWSLETTER = "newsletter"
    UPCOMING_PROCUREMENT = "upcoming_procurement"
    MARKET_ENGAGEMENT = "market_engagement"
    LEGISLATION = "legislation"
    NEWS = "news"


class PublishPolicy(StrEnum):
    """What happens to what the machine finds: wait for a curator, publish labelled, or publish as official."""

    REVIEW = "review"
    DETECTED = "detected"
    OFFICIAL = "official"


class Outcome(StrEnum):
    """How a check ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BASELINE = "baseline"
    FAILED = "failed"
    SUSPECT = "suspect"
    HELD = "held"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Authority:
    """A public body that buys, sets policy for buyers, or legislates. `zone` is an IANA name.

    `formerly` are ids under which it, or a body that has become part of it, was published before.
    """

    id: str
    name: str
    country: str = ""
    role: str = "public_buyer"
    languages: tuple[str, ...] = ()
    website: str = ""
    zone: str = "Europe/Brussels"
    notes: str = ""
    contact: str = ""
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One address watched for an authority, as declared in `sources/<country>/<authority>.toml`; `id` never changes.

    `method` … `wait_403` are `[source.query]`: a source of many pages. `cursor` is the dotted path of what leads to the
    next page in an answer; `window` the longest span of time to ask for at once, by the parameters `from_param` and
    `to_param`, or month by month by `month_param` (MM-YYYY); `back` how far the first walk reaches; `max_pages` how many pages one turn reads; `rate` requests in a
    time ("12/2m"); `wait_403` how long a 403 means "later".
    """

    id: str
    authority_id: str
    title: str
    kind: SourceKind
    url: str
    signposts: Signposts = Signposts.POLICY
    every: timedelta = timedelta(hours=24)
    seen: date | None = None
    publish: PublishPolicy = PublishPolicy.DETECTED
    language: str = ""
    select: str = ""
    drop: tuple[str, ...] = ()
    at_least: int = 1
    method: str = "GET"
    body: str = ""
    cursor: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    window: timedelta = timedelta(0)
    from_param: str = ""
    to_param: str = ""
    month_param: str = ""
    back: timedelta = timedelta(0)
    max_pages: int = 10
    rate: str = ""
    wait_403: timedelta = timedelta(0)
    odd: str = ""
    browser: bool = False
    notes: str = ""

    @property
    def paged(self) -> bool:
        """True for a source of many pages of one query."""
        return bool(self.cursor or self.window)

    @property
    def gap(self) -> float:
        """Seconds between two requests by the declared rate; 0 without one."""
        count, _, span = self.rate.partition("/")
        return int(span[:-1]) * _SECONDS[span[-1]] / int(count) if span else 0.0


@dataclass(frozen=True)
class Validators:
    """What a server gave to ask again conditionally. `fetched` is the aware UTC instant of that answer."""

    etag: str = ""
    last_modified: str = ""
    fetched: datetime | None = None


@dataclass(frozen=True)
class Fetched:
    """One answer of a server, before anything is read from it. `body` is decoded (no Content-Encoding).

    `fresh_for` (seconds) is what the server's caching headers promise; `min_gap` (seconds) its crawl delay.
    `moved_to` is set when a permanent redirect led there; `more` when the rest waits to be fetched (a mailbox).
    """

    body: bytes
    url: str
    status: int = 200
    content_type: str = ""
    charset: str = ""
    validators: Validators = field(default_factory=Validators)
    moved_to: str = ""
    fresh_for: float | None = None
    min_gap: float = 0.0
    more: bool = False


@dataclass(frozen=True)
class NotModified:
    """The server confirmed the last answer (304)."""

    url: str
    fresh_for: float | None = None
    min_gap: float = 0.0


@dataclass(frozen=True)
class Snapshot:
    """The bytes a source returned at one aware UTC instant, kept by SHA-256 `digest`, with the HTTP facts."""

    source_id: str
    at: datetime
    digest: str
    body: bytes
    url: str = ""
    content_type: str = ""
    charset: str = ""


@dataclass(frozen=True)
class Block:
    """One block of text in order. `kind`: heading, paragraph, item, cell, term; `path` the headings above it.

    `intro` is the list intro or the table header that governs the block; `page` the PDF page from 1, `anchor` an id.
    """

    text: str
    kind: str = "paragraph"
    path: tuple[str, ...] = ()
    intro: str = ""
    level: int = 0
    page: int = 0
    anchor: str = ""


@dataclass(frozen=True)
class Document:
    """What a reader makes of a snapshot: title, language, blocks of text in order, links; no judgement.

    `published` is the date the document gives itself. `ref` identifies one entry of a feed or page of a site.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    language: str = ""
    links: tuple[tuple[str, str], ...] = ()
    published: date | None = None
    url: str = ""
    ref: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All blocks, one a line."""
        return "\n".join(b.text for b in self.blocks)


@dataclass(frozen=True)
class SignalDate:
    """A date in a passage. `iso` is None when impossible or ambiguous; `role` e.g. applies_from, consultation_close."""

    text: str
    iso: str | None
    precision: Precision | None
    role: str
    start: int = 0
    end: int = 0
    why: str = ""


@dataclass(frozen=True)
class Signal:
    """A passage judged to state (or, with `is_requirement` false, to hint at) a social requirement.

    `start` and `end` are character offsets in the judged text. `rules` name what fired, for people.
    """

    text: str
    start: int
    end: int
    is_requirement: bool
    upcoming: bool
    topics: tuple[str, ...]
    clause: Clause
    stage: Stage
    dates: tuple[SignalDate, ...] = ()
    confidence: float = 0.0
    rules: tuple[str, ...] = ()
    trigger: str = ""
    evidence: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    threshold: str = ""
    products: tuple[str, ...] = ()
    audience: str = ""
    language: str = ""


@dataclass(frozen=True)
class Outage:
    """A time in which a source was not read well enough; for operators. Instants are aware UTC.

    `reason` is the code of the check that began it; `good` of `checks` went well in the fortnight before.
    """

    id: int
    source_id: str
    began: datetime
    ended: datetime | None = None
    reason: str = ""
    good: int = 0
    checks: int = 0


@dataclass(frozen=True)
class CheckResult:
    """How one check of a source ended, as printed by `feedhub check`. `ms` is wall time in milliseconds."""

    source: str
    outcome: Outcome
    reason: str = ""
    changes: tuple[str, ...] = ()
    ms: int = 0
    detail: str = ""

    def as_dict(self) -> dict[str, object]:
        """The JSON row of `feedhub check --json`."""
        return {
            "source": self.source,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "changes": list(self.changes),
            "ms": self.ms,
        }

    def line(self) -> str:
        """The line of `feedhub check`."""
        said = self.detail or "; ".join(self.changes)
        return f"{self.source}: {self.outcome.value}{f' ({self.reason})' if self.reason else ''}{f' {said}' if said else ''}"
