"""Which notices are meant: conditions from filters, and the notices, counts and dates that meet them, in an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, intersect, or_, select

from feedhub.model import Filter, Notice
from feedhub.store import search
from feedhub.store.notices import STATE, many, read_state
from feedhub.store.tables import dated, notice, notice_term

#: Notices that are looked up one by one rather than met by walking.
FEW = 10_000


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
    query = select(STATE, notice.c.confirmed).where(*ahead).order_by(notice.c.next_day, notice.c.id).limit(limit)
    return [read_state(r.state, r.confirmed) for r in connection.execute(query)]


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
    query = select(STATE, notice.c.confirmed).where(where, has).order_by(notice.c.id)
    return [read_state(r.state, r.confirmed) for r in connection.execute(query)]


def living_dates(connection: Connection, first: date, last: date, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """(notice id, milestone id) of living dates of some kinds whose first day lies in `first`..`last`."""
    query = (
        select(dated.c.notice_id, dated.c.id)
        .where(dated.c.turn <= 1, dated.c.living.is_(True), dated.c.kind.in_(kinds))
        .where(or_(dated.c.first.between(first, last), dated.c.recurs != ""))
        .order_by(dated.c.first, dated.c.notice_id, dated.c.id)
    )
    return [(r.notice_id, r.id) for r in connection.execute(query)]


def used_values(connection: Connection, name: str) -> list[str]:
    """Every value that some notice has for a filter name, in order; jumps from value to value in the index."""
    of = select(func.min(notice_term.c.value).label("value")).where(notice_term.c.name == name)
    walk = of.cte("walk", recursive=True)
    following = of.where(notice_term.c.value > walk.c.value).scalar_subquery()
    walk = walk.union_all(select(following).where(walk.c.value.is_not(None)))
    return list(connection.execute(select(walk.c.value).where(walk.c.value.is_not(None))).scalars())
