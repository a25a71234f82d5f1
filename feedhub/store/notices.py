"""Notices, their revisions, references, sightings and the indexes by which they are found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    intersect,
    or_,
    select,
    update,
)

from feedhub.errors import Conflict
from feedhub.model import Filter, Milestone, Notice, Revision, Terms
from feedhub.store import search
from feedhub.store._sql import insert_new, upsert
from feedhub.store.shapes import from_json, to_json
from feedhub.store.tables import dated, notice, notice_term, notice_text, reference, revision, sighting


@dataclass(frozen=True)
class Dated:
    """Where one milestone, or one turn (from 1) of a yearly one, stands in calendars; both days inclusive."""

    milestone: Milestone
    turn: int
    first: date
    last: date


#: Notices that are looked up one by one rather than met by walking.
FEW = 10_000


@dataclass(frozen=True)
class Index:
    """What a notice is found by: filter terms, folded texts of title and whole, lead time in days, first living day."""

    terms: Terms
    title: str
    search: str
    lead_days: int | None = None
    next_day: date | None = None
    dates: Sequence[Dated] = ()


def put(connection: Connection, rev: Revision, index: Index) -> None:
    """Write a revision and make it the notice's present state; raises Conflict when its number exists or skips one."""
    n = rev.notice
    found = connection.execute(select(notice.c.revision).where(notice.c.id == n.id)).scalar()
    if rev.number != (found or 0) + 1:
        raise Conflict("Somebody else changed this notice first: look at its present state and try again.")
    set_present(connection, n, index, revision_number=rev.number)
    connection.execute(
        revision.insert().values(
            notice_id=n.id,
            number=rev.number,
            kind=rev.kind.value,
            instant=rev.instant,
            by=rev.by,
            state=to_json(rev),
        )
    )


def set_present(connection: Connection, n: Notice, index: Index, *, revision_number: int | None = None) -> None:
    """Set the present state and its indexes without writing a revision."""
    values: dict[str, Any] = {
        "authority_id": n.authority_id,
        "source_id": n.source_id,
        "stage": n.stage.value,
        "live": n.live,
        "revision": revision_number or n.revision,
        "first_recorded": n.first_recorded,
        "updated": n.updated,
        "confirmed": n.confirmed,
        "lead_days": index.lead_days,
        "next_day": index.next_day,
        "state": to_json(n),
    }
    upsert(connection, notice, {"id": n.id}, values)
    upsert(connection, notice_text, {"notice_id": n.id}, {"title": index.title, "text": index.search})
    connection.execute(delete(notice_term).where(notice_term.c.notice_id == n.id))
    rows = [{"name": k, "value": v, "notice_id": n.id} for k, vs in index.terms.items() for v in sorted(set(vs))]
    if rows:
        connection.execute(notice_term.insert(), rows)
    put_dates(connection, n, index.dates)
    refs = [{"ref": r, "notice_id": n.id} for r in {n.source_ref} if r]
    insert_new(connection, reference, refs)


def put_dates(connection: Connection, n: Notice, dates: Sequence[Dated]) -> None:
    """Set where the dates of a notice stand in calendars."""
    connection.execute(delete(dated).where(dated.c.notice_id == n.id))
    rows = [
        {
            "notice_id": n.id,
            "id": d.milestone.id,
            "turn": d.turn,
            "kind": d.milestone.kind.value,
            "status": d.milestone.status.value,
            "living": d.milestone.status.living and n.live,
            "recurs": d.milestone.recurs,
            "first": d.first,
            "last": d.last,
            "month": d.first.year * 12 + d.first.month - 1,
        }
        for d in dates
    ]
    if rows:
        connection.execute(dated.insert(), rows)


def add_references(connection: Connection, notice_id: str, refs: Iterable[str]) -> None:
    """Note further official references of a notice (the procedure a PIN leads to)."""
    insert_new(connection, reference, [{"ref": r, "notice_id": notice_id} for r in sorted(set(refs)) if r])


def confirm(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    """Note that a good reading still showed these notices."""
    if ids:
        connection.execute(update(notice).where(notice.c.id.in_(ids)).values(confirmed=at))


def set_next_day(connection: Connection, n: Notice, day: date | None, dates: Sequence[Dated]) -> None:
    """Move the day by which a notice is sorted, and the turns of its yearly dates."""
    connection.execute(update(notice).where(notice.c.id == n.id).values(next_day=day))
    put_dates(connection, n, dates)


def get(connection: Connection, notice_id: str) -> Notice | None:
    """One notice in its present state, or None."""
    row = connection.execute(select(_STATE, notice.c.confirmed).where(notice.c.id == notice_id)).first()
    return _notice(row.state, row.confirmed) if row else None


#: Ids in one statement: engines take only so many parameters.
_AT_ONCE = 1000
#: The state as text, so that equal states are read once.
_STATE = cast(notice.c.state, Text).label("state")


@lru_cache(maxsize=4096)
def _read(state: str) -> Notice:
    return from_json(Notice, json.loads(state))


def _notice(state: str, confirmed: datetime | None) -> Notice:
    found = _read(state)
    return replace(found, confirmed=confirmed) if confirmed else found


def many(connection: Connection, ids: Sequence[str]) -> dict[str, Notice]:
    """Notices by id."""
    out: dict[str, Notice] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        some = select(notice.c.id, _STATE, notice.c.confirmed).where(notice.c.id.in_(ids[begin : begin + _AT_ONCE]))
        out |= {r.id: _notice(r.state, r.confirmed) for r in connection.execute(some)}
    return out


def all_ids(connection: Connection) -> list[str]:
    """The ids of all notices."""
    return list(connection.execute(select(notice.c.id).order_by(notice.c.id)).scalars())


def revisions(connection: Connection, notice_id: str) -> list[Revision]:
    """All revisions of a notice, oldest first."""
    query = select(revision.c.state).where(revision.c.notice_id == notice_id).order_by(revision.c.number)
    return [from_json(Revision, r.state) for r in connection.execute(query)]


# -- what decide must know


def related(
    connection: Connection, *, source_id: str, authority_ids: Sequence[str], refs: Sequence[str]
) -> list[Notice]:
    """Every notice that drafts of this source, these authorities or these references could be."""
    by_ref = select(reference.c.notice_id).where(reference.c.ref.in_(refs))
    by_source = select(sighting.c.notice_id).where(sighting.c.source_id == source_id)
    wanted: list[ColumnElement[bool]] = []
    if refs:
        wanted.append(notice.c.id.in_(by_ref))
    if source_id:
        wanted.append(notice.c.id.in_(by_source))
    if authority_ids:
        wanted.append(and_(notice.c.authority_id.in_(authority_ids), notice.c.live.is_(True)))
    if not wanted:
        return []
    query = select(_STATE, notice.c.confirmed).where(or_(*wanted)).order_by(notice.c.first_recorded, notice.c.id)
    return [_notice(r.state, r.confirmed) for r in connection.execute(query)]


def references(connection: Connection, ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """All official references by notice id."""
    out: dict[str, set[str]] = {}
    for r in connection.execute(select(reference).where(reference.c.notice_id.in_(ids))):
        out.setdefault(r.notice_id, set()).add(r.ref)
    return {k: frozenset(v) for k, v in out.items()}


@dataclass(frozen=True)
class Sighting:
    """Where on a source a notice was seen, and how often it or its facts were missing since."""

    notice_id: str
    source_id: str
    anchor: str
    absences: int
    missing: Mapping[str, int]


def sightings(connection: Connection, ids: Sequence[str]) -> list[Sighting]:
    """All sightings of these notices."""
    rows = connection.execute(select(sighting).where(sighting.c.notice_id.in_(ids)))
    return [Sighting(r.notice_id, r.source_id, r.anchor, r.absences, dict(r.missing or {})) for r in rows]


@dataclass(frozen=True)
class Seen:
    """A notice as last seen on a source: whether it lives, and whether it or a fact of it was missing since."""

    notice_id: str
    live: bool
    missing: bool


def seen_on(connection: Connection, source_ids: Sequence[str]) -> dict[str, list[Seen]]:
    """What was seen on sources, by source id."""
    query = (
        select(sighting.c.source_id, sighting.c.notice_id, sighting.c.absences, sighting.c.missing, notice.c.live)
        .join(notice, notice.c.id == sighting.c.notice_id)
        .where(sighting.c.source_id.in_(source_ids))
    )
    out: dict[str, list[Seen]] = {i: [] for i in source_ids}
    for r in connection.execute(query):
        out[r.source_id].append(Seen(r.notice_id, r.live, bool(r.absences or r.missing)))
    return out


def put_sighting(connection: Connection, s: Sighting, at: datetime) -> None:
    """Note a sighting."""
    values = {"last_seen": at, "absences": s.absences, "anchor": s.anchor, "missing": dict(s.missing)}
    upsert(connection, sighting, {"notice_id": s.notice_id, "source_id": s.source_id}, values)


def put_absence(connection: Connection, notice_id: str, source_id: str, absences: int) -> None:
    """Count a good reading without the notice."""
    connection.execute(
        update(sighting)
        .where(sighting.c.notice_id == notice_id, sighting.c.source_id == source_id)
        .values(absences=absences)
    )


# -- finding


def condition(f: Filter, words: Sequence[str], *, milestones: bool = True) -> ColumnElement[bool]:
    """The WHERE of a filter over notices. `words` are the pieces of `q`, all of which must occur (see `search`)."""
    parts: list[ColumnElement[bool]] = []
    for name, values in f.sets.items():
        term = notice_term.alias()
        parts.append(exists().where(term.c.name == name, term.c.value.in_(values), term.c.notice_id == notice.c.id))
    if words:
        parts.append(search.in_notices(words))
    if milestones and (f.since or f.until):
        day = dated.alias()
        bounds = [day.c.notice_id == notice.c.id, day.c.status != "superseded"]
        if f.since:
            bounds.append(day.c.last >= f.since)
        if f.until:
            bounds.append(day.c.first <= f.until)
        parts.append(exists().where(*bounds))
    if f.lead_days_min is not None:
        parts.append(notice.c.lead_days >= f.lead_days_min)
    return and_(*parts) if parts else notice.c.id.is_not(None)


def meeting(connection: Connection, f: Filter, words: Sequence[str]) -> tuple[int, ColumnElement[bool]]:
    """How many notices meet a filter, and the condition under which to read some of them in order.

    Sets of ids are cut with each other inside the index. Few are then looked up one by one; of many, the next page is
    soon met by walking in order.
    """
    if not f.sets:
        where = condition(f, words)
        return count(connection, where), where
    having = [
        select(notice_term.c.notice_id).where(notice_term.c.name == name, notice_term.c.value.in_(values))
        for name, values in f.sets.items()
    ]
    ids = intersect(*having) if len(having) > 1 else having[0].distinct()
    rest = replace(f, sets={})
    if rest.is_empty and not words:
        total = connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()
    else:
        total = count(connection, and_(notice.c.id.in_(ids), condition(rest, words)))
    if total > FEW:
        return total, condition(f, words)
    return total, and_(notice.c.id.in_(ids), condition(rest, words))


def anything() -> ColumnElement[bool]:
    """Every notice."""
    return notice.c.id.is_not(None)


def of_authority(authority_id: str) -> ColumnElement[bool]:
    """Notices of one authority."""
    return notice.c.authority_id == authority_id


def of_others(where: ColumnElement[bool], authority_id: str) -> ColumnElement[bool]:
    """Living notices of other authorities that meet a condition."""
    return and_(where, notice.c.authority_id != authority_id, notice.c.live.is_(True))


def living(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Living notices that meet a condition."""
    return and_(where, notice.c.live.is_(True))


def with_lead() -> ColumnElement[bool]:
    """Notices that have a lead time."""
    return notice.c.lead_days.is_not(None)


def overdue(today: date) -> ColumnElement[bool]:
    """Living notices sorted by a day that has passed."""
    return and_(notice.c.live.is_(True), notice.c.next_day < today)


_ORDERS = {
    "date": (notice.c.live.desc(), notice.c.next_day.is_(None), notice.c.next_day, notice.c.id),
    "lead": (notice.c.live.desc(), notice.c.lead_days.is_(None), notice.c.lead_days.desc(), notice.c.id),
    "shortest": (notice.c.lead_days, notice.c.id),
    "newest": (notice.c.first_recorded.desc(), notice.c.id),
    "updated": (notice.c.updated.desc(), notice.c.id),
}


def find(
    connection: Connection, where: ColumnElement[bool], *, sort: str = "date", limit: int = 25, offset: int = 0
) -> list[Notice]:
    """Notices that meet a condition, in one of the orders of `find_ids`."""
    found = find_ids(connection, where, sort=sort, limit=limit, offset=offset)
    known = many(connection, found)
    return [known[i] for i in found]


def find_ids(
    connection: Connection,
    where: ColumnElement[bool],
    *,
    sort: str = "date",
    limit: int = 25,
    offset: int = 0,
    pieces: Sequence[str] = (),
) -> list[str]:
    """Ids of notices that meet a condition: by `date`, `lead`, `shortest`, `newest` or `updated`.

    `match` puts first what has all `pieces` in its title; both halves go by date.
    """
    order: tuple[Any, ...] = _ORDERS["date" if sort == "match" else sort]
    if sort == "match" and pieces:
        order = (case((search.in_title(pieces), 0), else_=1), *order)
    # Ids alone: the states are large, and would all be carried through the sorting.
    ids = select(notice.c.id).where(where).order_by(*order).limit(limit).offset(offset)
    return list(connection.execute(ids).scalars())


def soon(connection: Connection, where: ColumnElement[bool], *, limit: int) -> list[Notice]:
    """Living notices with a date ahead that meet a condition, the next first; walks the index and stops early."""
    ahead = (where, notice.c.live.is_(True), notice.c.next_day.is_not(None))
    query = select(_STATE, notice.c.confirmed).where(*ahead).order_by(notice.c.next_day, notice.c.id).limit(limit)
    return [_notice(r.state, r.confirmed) for r in connection.execute(query)]


def leads(connection: Connection) -> list[tuple[str, bool, int | None]]:
    """(authority, whether it lives, lead time in days) of every notice."""
    rows = connection.execute(select(notice.c.authority_id, notice.c.live, notice.c.lead_days))
    return [(r.authority_id, r.live, r.lead_days) for r in rows]


def few_of(
    connection: Connection, where: ColumnElement[bool], name: str, each: int
) -> dict[str, tuple[int, list[str]]]:
    """Value of a filter name → how many notices that meet a condition have it, and the ids of the newest `each`."""
    query = select(notice_term.c.value, notice.c.id, notice.c.first_recorded).join(
        notice, notice.c.id == notice_term.c.notice_id
    )
    inner = query.where(notice_term.c.name == name, where).subquery()
    order = (inner.c.first_recorded.desc(), inner.c.id)
    ranked = select(
        inner,
        func.row_number().over(partition_by=inner.c.value, order_by=order).label("rank"),
        func.count().over(partition_by=inner.c.value).label("total"),
    ).subquery()
    out: dict[str, tuple[int, list[str]]] = {}
    rows = select(ranked).where(ranked.c.rank <= each).order_by(ranked.c.value, ranked.c.rank)
    for r in connection.execute(rows):
        out.setdefault(r.value, (r.total, []))[1].append(r.id)
    return out


def count(connection: Connection, where: ColumnElement[bool]) -> int:
    """How many notices meet a condition."""
    return connection.execute(select(func.count()).select_from(notice).where(where)).scalar_one()


def facets(connection: Connection, where: ColumnElement[bool]) -> dict[str, dict[str, int]]:
    """Filter name → value → number of notices that meet a condition."""
    ids = select(notice.c.id).where(where)
    query: Select[Any] = (
        select(notice_term.c.name, notice_term.c.value, func.count())
        .where(notice_term.c.notice_id.in_(ids))
        .group_by(notice_term.c.name, notice_term.c.value)
    )
    out: dict[str, dict[str, int]] = {}
    for name, value, number in connection.execute(query):
        out.setdefault(name, {})[value] = number
    return out


def with_dates(
    connection: Connection, where: ColumnElement[bool], first: date, last: date, *, gone: bool = False
) -> list[Notice]:
    """Notices with a living date (or with `gone` any but superseded) that touches `first`..`last`, or that recurs."""
    m = dated.alias()
    touches = or_(and_(m.c.last >= first, m.c.first <= last), m.c.recurs != "")
    state = m.c.status != "superseded" if gone else m.c.living.is_(True)
    has = exists().where(m.c.notice_id == notice.c.id, state, touches)
    query = select(_STATE, notice.c.confirmed).where(where, has).order_by(notice.c.id)
    return [_notice(r.state, r.confirmed) for r in connection.execute(query)]


def living_dates(connection: Connection, first: date, last: date, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """(notice id, milestone id) of living dates of some kinds whose first day lies in `first`..`last`."""
    query = (
        select(dated.c.notice_id, dated.c.id)
        .where(dated.c.turn <= 1, dated.c.living.is_(True), dated.c.kind.in_(kinds))
        .where(or_(dated.c.first.between(first, last), dated.c.recurs != ""))
        .order_by(dated.c.first, dated.c.notice_id, dated.c.id)
    )
    return [(r.notice_id, r.id) for r in connection.execute(query)]


def cited_digests(connection: Connection) -> set[str]:
    """Digests of snapshots that a fact of any notice cites."""
    out: set[str] = set()
    for (state,) in connection.execute(select(notice.c.state)):
        for fact in (*state.get("requirements", ()), *state.get("milestones", ())):
            if digest := fact.get("provenance", {}).get("snapshot"):
                out.add(digest)
    return out


def used_values(connection: Connection, name: str) -> list[str]:
    """Every value that some notice has for a filter name, in order; jumps from value to value in the index."""
    of = select(func.min(notice_term.c.value).label("value")).where(notice_term.c.name == name)
    walk = of.cte("walk", recursive=True)
    following = of.where(notice_term.c.value > walk.c.value).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.value.is_not(None)))
    return list(connection.execute(select(walk.c.value).where(walk.c.value.is_not(None))).scalars())
