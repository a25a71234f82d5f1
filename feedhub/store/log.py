"""The append-only log of announcements: writing in order, reading by filter, archives, the outbox, reminders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from feedhub.model import Announcement, Filter
from feedhub.store import bits
from feedhub.store import search as pieces
from feedhub.store._sql import insert_new, upsert
from feedhub.store.bits import Found, Pages
from feedhub.store.shapes import from_json, to_json
from feedhub.store.tables import announcement, announcement_term, outbox, publication, reminder

#: Entries per archive document (RFC 5005).
ARCHIVE = 100
#: Rows read by one statement stay below the engines' limit of bound values.
_CHUNK = 400


@dataclass(frozen=True)
class Position:
    """How far the log has come: last sequence number, its instant, and a counter that grows with every publication."""

    seq: int
    instant: datetime | None
    counter: int


def position(connection: Connection) -> Position:
    """The present position without locking it."""
    row = connection.execute(select(publication)).first()
    return Position(row.seq, row.instant, row.counter) if row else Position(0, None, 0)


def lock(connection: Connection) -> Position:
    """Lock the publication row, so that order of sequence is order of commit; call it before any other write."""
    insert_new(connection, publication, [{"id": 1, "seq": 0, "instant": None, "counter": 0}])
    row = connection.execute(select(publication).where(publication.c.id == 1).with_for_update()).one()
    return Position(row.seq, row.instant, row.counter)


def touch(connection: Connection) -> None:
    """Say that something public changed without an announcement, so that rendered bytes are made anew."""
    lock(connection)
    connection.execute(update(publication).values(counter=publication.c.counter + 1))


def instants(last: datetime | None, now: datetime, count: int) -> list[datetime]:
    """Strictly increasing whole seconds for `count` entries.

    They end at `now` where seconds are free, and go on from `last` where not: order wins over the clock.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    first = now - timedelta(seconds=count - 1)
    if last is not None and first <= last:
        first = last + timedelta(seconds=1)
    return [first + timedelta(seconds=i) for i in range(count)]


def free_seconds(last: datetime | None, now: datetime) -> int | None:
    """Whole seconds between the newest instant and `now`; None when the log is empty (all are free)."""
    if last is None:
        return None
    return max(0, int((now.replace(microsecond=0) - last).total_seconds()))


def append(
    connection: Connection,
    entries: Sequence[Announcement],
    now: datetime,
    search: Callable[[Announcement], str],
    channels: Sequence[str] = ("push",),
) -> list[Announcement]:
    """Write entries with sequence numbers and instants given here, and their outbox rows, in this transaction."""
    at = lock(connection)
    out: list[Announcement] = []
    for offset, (entry, instant) in enumerate(zip(entries, instants(at.instant, now, len(entries)), strict=True), 1):
        written = replace(entry, seq=at.seq + offset, instant=instant)
        out.append(written)
        connection.execute(
            announcement.insert().values(
                seq=written.seq,
                instant=instant,
                kind=written.kind.value,
                notice_id=written.notice_id,
                lead_days=written.lead_days,
                search=search(written),
                state=to_json(written),
            )
        )
        rows = [
            {"name": name, "value": value, "seq": written.seq}
            for name, values in written.terms.items()
            for value in sorted(set(values))
        ]
        if rows:
            connection.execute(announcement_term.insert(), rows)
        insert_new(connection, outbox, [{"seq": written.seq, "channel": c, "written": now} for c in channels])
    bits.note(connection, out)
    if out:
        values = {"seq": out[-1].seq, "instant": out[-1].instant, "counter": at.counter + 1}
        upsert(connection, publication, {"id": 1}, values)
    return out


# -- reading


def condition(f: Filter, words: Sequence[str]) -> ColumnElement[bool]:
    """The WHERE of a filter over announcements; `words` are the pieces of `q`, `from` and `to` are their instants' UTC days."""
    parts: list[ColumnElement[bool]] = []
    for name, values in f.sets.items():
        term = announcement_term.alias()
        parts.append(exists().where(term.c.name == name, term.c.value.in_(values), term.c.seq == announcement.c.seq))
    if words:
        parts.append(pieces.in_announcements(words))
    if f.since:
        parts.append(announcement.c.instant >= _midnight(f.since))
    if f.until:
        parts.append(announcement.c.instant < _midnight(f.until) + timedelta(days=1))
    if f.lead_days_min is not None:
        parts.append(announcement.c.lead_days >= f.lead_days_min)
    return and_(*parts) if parts else announcement.c.seq > 0


def about(notice_id: str) -> ColumnElement[bool]:
    """Announcements about one notice."""
    return announcement.c.notice_id == notice_id


def of_kind(where: ColumnElement[bool], kind: str) -> ColumnElement[bool]:
    """Announcements of one kind that meet a condition."""
    return and_(where, announcement.c.kind == kind)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def find(
    connection: Connection, where: ColumnElement[bool], *, limit: int = 100, offset: int = 0
) -> list[Announcement]:
    """Announcements that meet a condition, newest first."""
    query = select(announcement.c.state).where(where).order_by(announcement.c.seq.desc()).limit(limit).offset(offset)
    return [from_json(Announcement, r.state) for r in connection.execute(query)]


class Said:
    """Which announcements contain words that were searched for: the log only grows, so that only its end is searched."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._kept: dict[tuple[str, ...], tuple[int, Pages]] = {}
        self._lock = Lock()

    def pages(self, connection: Connection, words: Sequence[str]) -> Pages:
        """Bits for the announcements of this transaction's log that contain every one of some pieces of text."""
        key, last = tuple(words), position(connection).seq
        known, pages = self._kept.get(key, (0, {}))
        if known > last:  # somebody else has seen more already
            known, pages = 0, {}
        if known < last:
            pages = dict(pages)
            for page, found in bits.pages_of(pieces.announcement_numbers(connection, words, known)).items():
                pages[page] = pages.get(page, 0) | found
            with self._lock:
                while len(self._kept) >= self._most:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = last, pages
        return pages


def meeting(
    connection: Connection, f: Filter, words: Sequence[str], *, kind: str = "", said: Said | None = None
) -> Found:
    """The announcements that meet a filter, perhaps of one kind only; what `condition` finds, without a scan."""
    sets = {**f.sets, **({"kind": (kind,)} if kind else {})}
    among = [(said or Said()).pages(connection, words)] if words else []
    # The order of numbers is the order of instants: a span of time is a span of numbers.
    first = _first_from(connection, _midnight(f.since)) if f.since else 0
    end = _first_from(connection, _midnight(f.until) + timedelta(days=1)) if f.until else None
    if first is None:
        return Found(())
    last = None if end is None else end - 1
    return bits.meeting(connection, sets, lead_days_min=f.lead_days_min, among=among, first=first, last=last)


def _first_from(connection: Connection, instant: datetime) -> int | None:
    """The number of the first announcement at or after an instant, None when there is none."""
    query = select(announcement.c.seq).where(announcement.c.instant >= instant).order_by(announcement.c.instant)
    found: int | None = connection.execute(query.limit(1)).scalar()
    return found


def states(connection: Connection, seqs: Sequence[int]) -> list[Announcement]:
    """Announcements by their numbers, in the order asked for."""
    found = many(connection, seqs)
    return [found[seq] for seq in seqs]


def many(connection: Connection, seqs: Sequence[int]) -> dict[int, Announcement]:
    """Announcements by number."""
    found: dict[int, Announcement] = {}
    for i in range(0, len(seqs), _CHUNK):
        query = select(announcement.c.seq, announcement.c.state).where(announcement.c.seq.in_(seqs[i : i + _CHUNK]))
        found |= {r.seq: from_json(Announcement, r.state) for r in connection.execute(query)}
    return found


def has_said(connection: Connection, name: str, value: str) -> bool:
    """Whether an announcement was ever found by a value."""
    return bits.is_used(connection, name, value)


def instant_of(connection: Connection, seq: int) -> datetime:
    """When an announcement was made."""
    found: datetime = connection.execute(select(announcement.c.instant).where(announcement.c.seq == seq)).scalar_one()
    return found


def seqs_of_notice(connection: Connection, notice_id: str) -> list[int]:
    """The numbers of all announcements about a notice, newest first."""
    query = select(announcement.c.seq).where(announcement.c.notice_id == notice_id).order_by(announcement.c.seq.desc())
    return list(connection.execute(query.limit(1000)).scalars())


def of_notice(connection: Connection, notice_id: str) -> list[Announcement]:
    """All announcements about a notice, newest first."""
    return states(connection, seqs_of_notice(connection, notice_id))


def archives(total: int) -> int:
    """How many closed archives of 100 there are, when the head keeps 100 to 199 entries."""
    return max(0, total // ARCHIVE - 1)


def head(found: Found) -> tuple[list[int], int]:
    """The numbers of the head document's entries, newest first, and of the closed archives behind it."""
    closed = archives(found.total)
    return found.newest(found.total - closed * ARCHIVE), closed


def archive(found: Found, number: int) -> list[int]:
    """The numbers of the entries of closed archive `number` (from 1, oldest), newest first; they never change."""
    return found.between((number - 1) * ARCHIVE, number * ARCHIVE)[::-1]


def everything(connection: Connection) -> list[Announcement]:
    """The whole log, oldest first."""
    query = select(announcement.c.state).order_by(announcement.c.seq)
    return [from_json(Announcement, r.state) for r in connection.execute(query)]


# -- reminders


def reminded(connection: Connection, notice_id: str, milestone_id: str, day: date) -> set[int]:
    """The days before `day` for which a reminder of this date went out."""
    query = select(reminder.c.days_before).where(
        reminder.c.notice_id == notice_id, reminder.c.milestone_id == milestone_id, reminder.c.day == day
    )
    return set(connection.execute(query).scalars())


def put_reminded(
    connection: Connection, notice_id: str, milestone_id: str, day: date, days: Sequence[int], at: datetime
) -> None:
    """Note that reminders went out (or will never: late discovery sends only the nearest)."""
    insert_new(
        connection,
        reminder,
        [
            {"notice_id": notice_id, "milestone_id": milestone_id, "day": day, "days_before": d, "sent": at}
            for d in days
        ],
    )
