"""Which notices are meant: conditions from filters, and the notices, counts and dates that meet them, in an order."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from feedhub.model import Filter, Notice, NoticeRef, Stage
from feedhub.store import bits, search
from feedhub.store.bits import Found
from feedhub.store.notices import STATE, many, read_state
from feedhub.store.tables import dated, notice, notice_bits, notice_term, notice_text

#: Notices that are looked up one by one rather than met by walking.
FEW = 10_000
_EARLIEST = date(2, 1, 2)


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


@dataclass(frozen=True)
class Met:
    """The notices that meet a filter by their numbers, and the condition under which some of them are read in order."""

    found: Found
    where: ColumnElement[bool]

    @property
    def total(self) -> int:
        """How many."""
        return self.found.total


def meeting(connection: Connection, f: Filter, words: Sequence[str]) -> Met:
    """The notices that meet a filter; what `condition` finds, without looking at each.

    Few are then looked up one by one; of many, the next page is soon met by walking in order.
    """
    among = [bits.pages_of(search.notice_numbers(connection, words))] if words else []
    if f.since or f.until:
        among.append(bits.pages_of(_dated_within(connection, f.since, f.until)))
    found = bits.meeting(connection, f.sets, lead_days_min=f.lead_days_min, among=among, table=notice_bits)
    return Met(found, _numbered(found) if found.total <= FEW else condition(f, words))


def _dated_within(connection: Connection, since: date | None, until: date | None) -> list[int]:
    """The numbers of notices with a date that touches the days from `since` to `until`."""
    # `living` leads the index by first days, and no span is longer than a year.
    bounds = [dated.c.status != "superseded", dated.c.living.in_([True, False])]
    if since:
        bounds += [dated.c.last >= since, dated.c.first >= max(since, _EARLIEST) - timedelta(days=366)]
    if until:
        bounds.append(dated.c.first <= until)
    query = select(notice_text.c.number).join(dated, dated.c.notice_id == notice_text.c.notice_id).where(*bounds)
    return list(connection.execute(query).scalars())


class _Among(FunctionElement[bool]):
    """`(number, JSON list of numbers)`: whether the number is in the list, however long that is."""

    type = Boolean()
    inherit_cache = True
    name = "among"


@compiles(_Among, "sqlite")
def _in_json(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    number, numbers = (compiler.process(c, **more) for c in element.clauses)
    return f"{number} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608


@compiles(_Among, "postgresql")
def _in_array(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    number, numbers = (compiler.process(c, **more) for c in element.clauses)
    return f"{number} IN (SELECT value::integer FROM json_array_elements_text({numbers}::json))"  # noqa: S608


def _numbered(found: Found) -> ColumnElement[bool]:
    numbers = literal(json.dumps(found.between(0, found.total)), Text)
    return notice.c.id.in_(select(notice_text.c.notice_id).where(_Among(notice_text.c.number, numbers)))


def newest(connection: Connection, met: Met, *, limit: int, offset: int = 0) -> list[NoticeRef]:
    """What lists need to know of notices that were met, the last updated first.

    They are met on a walk where that should pass fewer than would be looked up; it gives up after as many, when those
    asked for stand further back.
    """
    reach = offset + limit
    if met.total > FEW:
        ids = _on_a_walk(connection, met, reach)
    elif reach * met.found.end < met.total**2:
        ids = _on_a_walk(connection, met, reach, most=met.total)
    else:
        ids = None
    if ids is None:
        return refs(connection, met.where, limit=limit, offset=offset)
    return refs(connection, notice.c.id.in_(ids[offset:]), limit=limit)


def _on_a_walk(connection: Connection, met: Met, reach: int, most: int | None = None) -> list[str] | None:
    """Ids of the first `reach` notices that were met, the last updated first; None when `most` were passed before."""
    query = select(notice_text.c.number, notice.c.id).join(notice, notice.c.id == notice_text.c.notice_id)
    rows = connection.execute(query.order_by(*_ORDERS["updated"]).execution_options(yield_per=1000))
    # A LIMIT would tell PostgreSQL to sort them all.
    ids = list(islice((r.id for r in islice(rows, most) if r.number in met.found), reach))
    rows.close()
    return ids if most is None or len(ids) == min(reach, met.total) else None


def counts(connection: Connection, met: Met) -> dict[str, dict[str, int]]:
    """Of notices that were met: filter name → value → how many have it."""
    return bits.counts(connection, met.found)


def anything() -> ColumnElement[bool]:
    """Every notice."""
    return notice.c.id.is_not(None)


def only(notice_id: str) -> ColumnElement[bool]:
    """One notice."""
    return notice.c.id == notice_id


def of_authorities(ids: Sequence[str]) -> ColumnElement[bool]:
    """Notices of some authorities."""
    return notice.c.authority_id.in_(ids)


def of_others(where: ColumnElement[bool], authority_id: str) -> ColumnElement[bool]:
    """Living notices of other authorities that meet a condition."""
    return and_(where, notice.c.authority_id != authority_id, notice.c.live.is_(True))


def living(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Living notices that meet a condition."""
    return and_(where, notice.c.live.is_(True))


def with_lead(but: Collection[str] = ()) -> ColumnElement[bool]:
    """Notices that have a lead time, `but` those of some authorities."""
    return and_(notice.c.lead_days.is_not(None), notice.c.authority_id.not_in(but))


def lead_days(connection: Connection, where: ColumnElement[bool], but: Collection[str] = ()) -> list[int]:
    """The lead times in days of the notices that meet a condition, in no order, `but` those of some authorities."""
    return list(connection.execute(select(notice.c.lead_days).where(where, with_lead(but))).scalars())


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


_REF = tuple(
    notice.c[name]
    for name in ("id", "authority_id", "source_id", "stage", "revision", "first_recorded", "updated", "confirmed")
)


def find(
    connection: Connection, where: ColumnElement[bool], *, sort: str = "date", limit: int = 25, offset: int = 0
) -> list[Notice]:
    """Notices that meet a condition, in one of the orders of `find_ids`."""
    found = find_ids(connection, where, sort=sort, limit=limit, offset=offset)
    known = many(connection, found)
    return [known[i] for i in found]


def refs(connection: Connection, where: ColumnElement[bool], *, limit: int, offset: int = 0) -> list[NoticeRef]:
    """What lists need to know of notices that meet a condition, the last updated first."""
    query = select(*_REF).where(where).order_by(*_ORDERS["updated"]).limit(limit).offset(offset)
    return [NoticeRef(r.id, r.authority_id, r.source_id, Stage(r.stage), *r[4:]) for r in connection.execute(query)]


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
