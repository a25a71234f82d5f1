"""Notices in their present state, their revisions and references, and the indexes by which they are found (`finding`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, delete, or_, select, tuple_, update

from feedhub.errors import Conflict
from feedhub.model import Milestone, Notice, Revision, Terms
from feedhub.store import bits
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
    """Set the present state and its indexes without writing a revision; the caller holds the lock of the log."""
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
    before = _facts(connection, n.id)
    upsert(connection, notice, {"id": n.id}, values)
    upsert(connection, notice_text, {"notice_id": n.id}, {"title": index.title, "text": index.search})
    _put_facts(connection, n.id, before, set(bits.facts_of_notice(index.terms, index.lead_days)))
    put_dates(connection, n, index.dates)
    refs = [{"ref": r, "notice_id": n.id} for r in {n.source_ref} if r]
    insert_new(connection, reference, refs)


def _facts(connection: Connection, notice_id: str) -> set[bits.Fact]:
    """What a notice is found by at present; empty when there is no such notice."""
    found = connection.execute(select(notice.c.lead_days).where(notice.c.id == notice_id)).first()
    if found is None:
        return set()
    query = select(notice_term.c.name, notice_term.c.value).where(notice_term.c.notice_id == notice_id)
    terms = {(r.name, r.value) for r in connection.execute(query)}
    return terms | set(bits.facts_of_notice({}, found.lead_days))


def _put_facts(connection: Connection, notice_id: str, before: set[bits.Fact], after: set[bits.Fact]) -> None:
    number = connection.execute(select(notice_text.c.number).where(notice_text.c.notice_id == notice_id)).scalar_one()
    bits.move(connection, number, before, after)
    gone, new = ([f for f in facts if f[0] not in ("", "lead")] for facts in (before - after, after - before))
    if gone:
        term = tuple_(notice_term.c.name, notice_term.c.value)
        connection.execute(delete(notice_term).where(notice_term.c.notice_id == notice_id, term.in_(gone)))
    if new:
        rows = [{"name": name, "value": value, "notice_id": notice_id} for name, value in sorted(new)]
        connection.execute(notice_term.insert(), rows)


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
    row = connection.execute(select(STATE, notice.c.confirmed).where(notice.c.id == notice_id)).first()
    return read_state(row.state, row.confirmed) if row else None


#: Ids in one statement: engines take only so many parameters.
_AT_ONCE = 1000
#: The state as text, so that equal states are read once.
STATE = cast(notice.c.state, Text).label("state")


@lru_cache(maxsize=4096)
def _read(state: str) -> Notice:
    return from_json(Notice, json.loads(state))


def read_state(state: str, confirmed: datetime | None) -> Notice:
    """A notice from the text of its state and the last reading that confirmed it; equal states are read once."""
    found = _read(state)
    return replace(found, confirmed=confirmed) if confirmed else found


def many(connection: Connection, ids: Sequence[str]) -> dict[str, Notice]:
    """Notices by id."""
    out: dict[str, Notice] = {}
    for begin in range(0, len(ids), _AT_ONCE):
        some = select(notice.c.id, STATE, notice.c.confirmed).where(notice.c.id.in_(ids[begin : begin + _AT_ONCE]))
        out |= {r.id: read_state(r.state, r.confirmed) for r in connection.execute(some)}
    return out


def all_ids(connection: Connection) -> list[str]:
    """The ids of all notices."""
    return list(connection.execute(select(notice.c.id).order_by(notice.c.id)).scalars())


def revisions(connection: Connection, notice_id: str) -> list[Revision]:
    """All revisions of a notice, oldest first."""
    query = select(revision.c.state).where(revision.c.notice_id == notice_id).order_by(revision.c.number)
    return [from_json(Revision, r.state) for r in connection.execute(query)]


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
    query = select(STATE, notice.c.confirmed).where(or_(*wanted)).order_by(notice.c.first_recorded, notice.c.id)
    return [read_state(r.state, r.confirmed) for r in connection.execute(query)]


def references(connection: Connection, ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """All official references by notice id."""
    out: dict[str, set[str]] = {}
    for r in connection.execute(select(reference).where(reference.c.notice_id.in_(ids))):
        out.setdefault(r.notice_id, set()).add(r.ref)
    return {k: frozenset(v) for k, v in out.items()}


def leads(connection: Connection) -> list[tuple[str, bool, int | None]]:
    """(authority, whether it lives, lead time in days) of every notice."""
    rows = connection.execute(select(notice.c.authority_id, notice.c.live, notice.c.lead_days))
    return [(r.authority_id, r.live, r.lead_days) for r in rows]


def cited_digests(connection: Connection) -> set[str]:
    """Digests of snapshots that a fact of any notice cites."""
    out: set[str] = set()
    for (state,) in connection.execute(select(notice.c.state)):
        for fact in (*state.get("requirements", ()), *state.get("milestones", ())):
            if digest := fact.get("provenance", {}).get("snapshot"):
                out.add(digest)
    return out
