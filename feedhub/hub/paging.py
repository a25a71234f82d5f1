"""Sources of many pages of one query: where a walk stands, which request comes next, when the walk is over.

Pure: takes the present and a page's cursor, gives the next place. Never fetches, never stores. What a walk needs to go
on after a crash is one text, committed together with the page it belongs to.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from feedhub.errors import ReadError
from feedhub.model import Source

#: A platform writes down what it publishes a little later than it says.
LAG = timedelta(minutes=2)
#: A walk of more pages than this goes in circles.
LONGEST = 20_000


@dataclass(frozen=True)
class Place:
    """Where a walk stands. `since` … `until` is the span asked for, `goal` where the walk ends; "" without a window.

    `next` is the address or token of the page to ask for, "" for the first; `pending` the digest of a page that is kept
    but not recorded yet; `page` counts those recorded in this walk, `done` is where the last complete walk ended.
    Instants are ISO 8601 in UTC.
    """

    since: str = ""
    until: str = ""
    goal: str = ""
    next: str = ""
    pending: str = ""
    page: int = 0
    done: str = ""

    @property
    def walking(self) -> bool:
        """False between two walks."""
        return bool(self.next or self.pending or self.page or self.since)

    def text(self) -> str:
        """The text that is stored."""
        return json.dumps({k: v for k, v in asdict(self).items() if v})


def place_of(text: str) -> Place:
    """The place a stored text says; the beginning when it says nothing that can be understood."""
    try:
        raw = json.loads(text or "{}")
        place = Place(**raw)
        for value in (place.since, place.until, place.goal, place.done):
            if value:
                datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return Place()
    return place if isinstance(place.page, int) else Place()


def begin(source: Source, place: Place, now: datetime, zone: str) -> Place | None:
    """The first place of a walk, or the one under way; None when there is no time to ask about yet."""
    if place.walking or not source.window:
        return place
    goal = _plain(now - LAG, zone)
    since = datetime.fromisoformat(place.done) if place.done else goal - (source.back or source.window)
    if goal - since < timedelta(seconds=30):
        return None
    return _window(source, replace(place, goal=_iso(goal)), since, zone)


def request(source: Source, place: Place, zone: str) -> Source:
    """The source as it must be asked for this page. Raises ReadError when an answer led to another host."""
    if place.next.startswith(("https://", "http://", "/", "?")):
        url = urljoin(source.url, place.next)
        if urlsplit(url)[:2] != urlsplit(source.url)[:2]:
            raise ReadError("wrong_kind", f"the next page is said to be on another host: {urlsplit(url).netloc}")
        return replace(source, url=url)
    if source.month_param:
        month = datetime.fromisoformat(place.since).astimezone(ZoneInfo(zone)).strftime("%m-%Y")
        source = replace(source, url=_with(source.url, {source.month_param: month}))
    elif source.window:
        span = {source.from_param: _said(place.since, zone), source.to_param: _said(place.until, zone)}
        source = replace(source, url=_with(source.url, span))
    if not place.next:
        return source
    name = source.cursor.rpartition(".")[2] or "cursor"
    if source.method != "POST":
        return replace(source, url=_with(source.url, {name: place.next}))
    try:
        body = json.loads(source.body or "{}")
        body[name] = place.next
    except (ValueError, TypeError) as error:
        raise ReadError("wrong_kind", "the body of a query of many pages must be a JSON object") from error
    return replace(source, body=json.dumps(body, ensure_ascii=False))


def after(source: Source, place: Place, next_page: str, zone: str) -> Place:
    """The place after a page was recorded; not `walking` when it was the last one."""
    page = place.page + 1
    if next_page and next_page != place.next and page < LONGEST:
        return replace(place, next=next_page, pending="", page=page)
    if not source.window:
        return Place()
    until = datetime.fromisoformat(place.until)
    left = datetime.fromisoformat(place.goal) - until
    if left < timedelta(seconds=30) or page >= LONGEST:
        return Place(done=place.until)
    return _window(source, replace(place, next="", pending="", page=page), until, zone)


def again(place: Place, *, refused: bool) -> Place:
    """The place after a page failed: asked for once more, or the span from its first page when a token ran out."""
    if refused and place.next:
        return replace(place, next="", pending="")
    return replace(place, pending="")


def _window(source: Source, place: Place, since: datetime, zone: str) -> Place:
    """The next span: no longer than declared, and beginning and ending where the platform's clock is not ambiguous."""
    goal = datetime.fromisoformat(place.goal)
    if source.month_param:  # whole months, the present one again each time: the platform gives no smaller ones
        first = since.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
        following = (first + timedelta(days=32)).replace(day=1)
        return replace(place, since=_iso(first), until=_iso(min(following.astimezone(UTC), goal)))
    since = _plain(since, zone)
    until = min(since + source.window, goal)
    return replace(place, since=_iso(since), until=_iso(_plain(until, zone)))


def _plain(at: datetime, zone: str) -> datetime:
    """The instant, or the last whole one before the hour that a clock goes through twice in autumn."""
    local = at.astimezone(ZoneInfo(zone))
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return at
    first = local.replace(minute=0, second=0, microsecond=0, fold=0)
    return first.astimezone(UTC) - timedelta(seconds=1)


def _said(at: str, zone: str) -> str:
    """An instant as the platform writes it: its own clock, without an offset."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="seconds")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _with(url: str, more: dict[str, str]) -> str:
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in more]
    return urlunsplit(parts._replace(query=urlencode([*kept, *more.items()])))
