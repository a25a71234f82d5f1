"""The dates of notices by day: counted, paged, a few of each group. Finds; what a date means is the hub's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, or_, select

from feedhub.store.tables import dated, notice, notice_term


@dataclass(frozen=True)
class Found:
    """One date: milestone `id` of a notice, `turn` of a yearly one (from 1, else 0), both days inclusive."""

    notice_id: str
    id: str
    turn: int
    first: date
    last: date


@dataclass(frozen=True)
class Few:
    """Of one group the first dates, and how many it has in all. `row` is "" where groups have none."""

    row: str
    key: int
    total: int
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Listed:
    """One date as a calendar to subscribe to lists it, with what tells whether its notice has changed."""

    notice_id: str
    id: str
    turn: int
    living: bool
    first: date
    revision: int
    authority_id: str
    updated: datetime


def listed(
    connection: Connection, where: ColumnElement[bool], first: date, last: date, since: datetime
) -> list[Listed]:
    """Dates that touch `first`..`last`, and the first turn of every yearly one, by notice; none that was replaced.

    Dead ones are left out when their notice has not changed since `since`.
    """
    touches = or_(and_(dated.c.turn == 0, dated.c.last >= first, dated.c.first <= last), dated.c.turn == 1)
    query = (
        select(
            *(dated.c[name] for name in ("notice_id", "id", "turn", "living", "first")),
            *(notice.c[name] for name in ("revision", "authority_id", "updated")),
        )
        .join(notice, notice.c.id == dated.c.notice_id)
        .where(touches, dated.c.status != "superseded", or_(dated.c.living.is_(True), notice.c.updated >= since), where)
        .order_by(dated.c.notice_id, dated.c.id, dated.c.turn)
    )
    return [Listed(*r) for r in connection.execute(query)]


def _within(where: ColumnElement[bool], first: date, last: date) -> Select[Any]:
    """Living dates that touch `first`..`last` of notices that meet a condition; `day` is where each stands."""
    day = case((dated.c.first < first, literal(first)), else_=dated.c.first).label("day")
    month = case((dated.c.first < first, first.year * 12 + first.month - 1), else_=dated.c.month).label("month")
    return (
        select(dated.c.notice_id, dated.c.id, dated.c.turn, dated.c.first, dated.c.last, day, month)
        .join(notice, notice.c.id == dated.c.notice_id)
        .where(dated.c.living.is_(True), dated.c.first <= last, dated.c.last >= first, where)
    )


def count(connection: Connection, where: ColumnElement[bool], first: date, last: date) -> int:
    """How many dates touch `first`..`last`."""
    return connection.execute(select(func.count()).select_from(_within(where, first, last).subquery())).scalar_one()


def page(
    connection: Connection, where: ColumnElement[bool], first: date, last: date, *, limit: int, offset: int = 0
) -> list[Found]:
    """Dates in order of the day on which they stand."""
    inner = _within(where, first, last).subquery()
    order = (inner.c.day, inner.c.last, inner.c.notice_id, inner.c.id, inner.c.turn)
    rows = connection.execute(select(inner).order_by(*order).limit(limit).offset(offset))
    return [Found(r.notice_id, r.id, r.turn, r.first, r.last) for r in rows]


def bodies(connection: Connection, where: ColumnElement[bool], first: date, last: date) -> int:
    """How many authorities have a date that touches `first`..`last`."""
    inner = _within(where, first, last).add_columns(notice.c.authority_id).subquery()
    return connection.execute(select(func.count(inner.c.authority_id.distinct()))).scalar_one()


def by_value(
    connection: Connection, where: ColumnElement[bool], first: date, last: date, name: str
) -> dict[str, tuple[int, date]]:
    """Value of a filter ("" for notices without one) → how many dates touch `first`..`last`, and the next of them.

    A span that has begun counts by its last day.
    """
    inner = _in_rows(_within(where, first, last), name).subquery()
    soonest = func.min(case((inner.c.first < first, inner.c.last), else_=inner.c.first))
    query = select(inner.c.row, func.count(), soonest).group_by(inner.c.row)
    return {r.row: (r[1], r[2]) for r in connection.execute(query)}


def by_month(
    connection: Connection,
    where: ColumnElement[bool],
    first: date,
    last: date,
    *,
    each: int,
    rows: str = "",
    only: Sequence[str] = (),
) -> list[Few]:
    """The first `each` dates of every month; where `rows` names a filter, of every month of the values `only` of it.

    In rows a span comes after the dates that lie before its end. Keys count months since the year 0.
    """
    inner = _within(where, first, last)
    if not rows:
        return _few(connection, inner.add_columns(literal("").label("row")), "month", each)
    return _few(connection, _in_rows(inner, rows, only), "month", each, order=("last", "day"))


def _in_rows(query: Select[Any], name: str, only: Sequence[str] = ()) -> Select[Any]:
    """The dates once for each value that their notice has of a filter."""
    on = and_(notice_term.c.notice_id == notice.c.id, notice_term.c.name == name)
    value = func.coalesce(notice_term.c.value, "")
    query = query.outerjoin(notice_term, on).add_columns(value.label("row"))
    return query.where(value.in_(only)) if only else query


def by_day(connection: Connection, where: ColumnElement[bool], first: date, last: date, *, each: int) -> list[Few]:
    """The first `each` dates of every day, spans of more than a day left out; keys are ordinals of days."""
    return _few(connection, _within(exact(where), first, last).add_columns(literal("").label("row")), "first", each)


def exact(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, for dates known to the day."""
    return and_(where, dated.c.first == dated.c.last)


def spans(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, for dates known no finer than to a month."""
    return and_(where, dated.c.first != dated.c.last)


def _few(
    connection: Connection, query: Select[Any], key: str, each: int, *, order: tuple[str, ...] = ("day", "last")
) -> list[Few]:
    inner = query.subquery()
    group = (inner.c.row, inner.c[key])
    turns = [inner.c[name] for name in (*order, "notice_id", "id", "turn")]
    ranked = select(
        inner,
        func.row_number().over(partition_by=group, order_by=turns).label("rank"),
        func.count().over(partition_by=group).label("total"),
    ).subquery()
    query = select(ranked).where(ranked.c.rank <= each).order_by(ranked.c.row, ranked.c[key], ranked.c.rank)
    return _grouped(connection.execute(query).all(), key)


def _grouped(rows: Sequence[Any], key: str) -> list[Few]:
    groups: dict[tuple[str, int], tuple[int, list[Found]]] = {}
    for r in rows:
        value = getattr(r, key)
        number = value.toordinal() if isinstance(value, date) else value
        groups.setdefault((r.row, number), (r.total, []))[1].append(Found(r.notice_id, r.id, r.turn, r.first, r.last))
    return [Few(row, number, total, tuple(found)) for (row, number), (total, found) in groups.items()]
