"""Authorities and sources: the declared base, a curator's overlay, and the state of each source."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from feedhub.model import Authority, Source
from feedhub.store._sql import upsert
from feedhub.store.shapes import from_json, to_json
from feedhub.store.tables import authority, instance, source

_log = logging.getLogger("feedhub.catalogue")


@dataclass(frozen=True)
class SourceState:
    """A source with how its checks went. Instants are aware UTC."""

    source: Source
    suspended: bool
    suspended_why: str
    last_checked: datetime | None
    last_good: datetime | None
    first_good: datetime | None
    outcome: str
    reason: str
    detail: str
    next_due: datetime | None
    failures: int
    etag: str
    last_modified: str
    validated: datetime | None
    digest: str
    cursor: str
    failing: bool


def get_value(connection: Connection, name: str) -> str | None:
    """One value of the instance, or None."""
    return connection.execute(select(instance.c.value).where(instance.c.name == name)).scalar()


def put_value(connection: Connection, name: str, value: str) -> None:
    """Set one value of the instance."""
    upsert(connection, instance, {"name": name}, {"value": value})


def put_authorities(connection: Connection, authorities: Iterable[Authority], *, declared: bool = True) -> None:
    """Insert or update authorities."""
    for a in authorities:
        upsert(
            connection,
            authority,
            {"id": a.id},
            {"name": a.name, "country": a.country, "state": to_json(a), "declared": declared},
        )


def add_authority(connection: Connection, a: Authority) -> None:
    """Insert an authority that a notice names and the catalogue does not know; an existing one stays."""
    if connection.execute(select(authority.c.id).where(authority.c.id == a.id)).first() is None:
        put_authorities(connection, [a], declared=False)


def authorities(connection: Connection) -> dict[str, Authority]:
    """All authorities by id, by name."""
    rows = connection.execute(select(authority.c.id, authority.c.state).order_by(authority.c.name, authority.c.id))
    return {r.id: from_json(Authority, r.state) for r in rows}


def get_authority(connection: Connection, authority_id: str) -> Authority | None:
    """One authority, or None."""
    state = connection.execute(select(authority.c.state).where(authority.c.id == authority_id)).scalar()
    return from_json(Authority, state) if state is not None else None


def put_sources(connection: Connection, sources: Sequence[Source]) -> None:
    """Make the declared base equal to `sources`; a declaration that disappeared suspends its source, deletes nothing."""
    known = {r.id: r for r in connection.execute(select(source.c.id, source.c.base_digest, source.c.suspended_why))}
    for s in sources:
        state = to_json(s)
        digest = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
        row = known.pop(s.id, None)
        if row is not None and row.base_digest == digest and row.suspended_why != "undeclared":
            continue
        values: dict[str, Any] = {"authority_id": s.authority_id, "declared": state, "base_digest": digest}
        if row is not None and row.suspended_why == "undeclared":
            values |= {"suspended": False, "suspended_why": ""}
        upsert(connection, source, {"id": s.id}, values)
    for gone in known:
        connection.execute(
            update(source)
            .where(source.c.id == gone, source.c.suspended.is_(False), source.c.overlay.is_(None))
            .values(suspended=True, suspended_why="undeclared")
        )


def _states(rows: Iterable[Row[Any]]) -> list[SourceState]:
    """States of rows; one that an older or newer feedhub cannot understand is left out and named in the log."""
    out = []
    for row in rows:
        for written in (row.overlay, row.declared):
            try:
                if written:
                    out.append(_state(row, from_json(Source, written)))
                    break
            except Exception:  # noqa: BLE001 - whatever is wrong with one row, the others are read
                _log.exception("The row of source “%s” cannot be understood.", row.id)
    return out


def _state(row: Row[Any], found: Source) -> SourceState:
    return SourceState(
        source=found,
        suspended=row.suspended,
        suspended_why=row.suspended_why,
        last_checked=row.last_checked,
        last_good=row.last_good,
        first_good=row.first_good,
        outcome=row.outcome,
        reason=row.reason,
        detail=row.detail,
        next_due=row.next_due,
        failures=row.failures,
        etag=row.etag,
        last_modified=row.last_modified,
        validated=row.validated,
        digest=row.digest,
        cursor=row.cursor,
        failing=row.failing,
    )


def source_states(connection: Connection, ids: Sequence[str] | None = None) -> list[SourceState]:
    """Sources with their states by id; all of them when `ids` is None."""
    query = select(source).order_by(source.c.id)
    if ids is not None:
        query = query.where(source.c.id.in_(ids))
    return _states(connection.execute(query))


def get_source(connection: Connection, source_id: str) -> SourceState | None:
    """One source with its state, or None."""
    return next(iter(source_states(connection, [source_id])), None)


def due_sources(connection: Connection, now: datetime, limit: int) -> list[SourceState]:
    """Sources that are due, longest waiting first; one never checked comes first."""
    query = (
        select(source)
        .where(source.c.suspended.is_(False), (source.c.next_due.is_(None)) | (source.c.next_due <= now))
        .order_by(source.c.next_due.is_not(None), source.c.next_due, source.c.id)
        .limit(limit)
    )
    return _states(connection.execute(query))


def set_state(connection: Connection, source_id: str, **values: Any) -> None:
    """Change columns of a source's state."""
    connection.execute(update(source).where(source.c.id == source_id).values(**values))
