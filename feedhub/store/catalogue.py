"""Authorities and sources: the declared base, a curator's overlay, and the state of each source."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, cast, null, select, update

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
    said: str
    cursor: str
    failing: bool

    def stale(self, now: datetime) -> bool:
        """True when the source was not read well for three times its interval (meaning.md)."""
        return self.last_good is not None and self.last_good + 3 * self.source.every < now


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


def put_role(connection: Connection, authority_id: str, role: str) -> None:
    """Say what an authority is that only notices name; what the catalogue declares stays as it is declared."""
    query = select(authority.c.state).where(authority.c.id == authority_id, authority.c.declared.is_(False))
    state = connection.execute(query).scalar()
    if state is not None and (known := from_json(Authority, state)).role != role:
        put_authorities(connection, [replace(known, role=role)], declared=False)


def authorities(connection: Connection, ids: Collection[str] | None = None) -> dict[str, Authority]:
    """Authorities by id, by name; all of them when `ids` is None."""
    state = cast(authority.c.state, Text).label("state")
    query = select(authority.c.id, state).order_by(authority.c.name, authority.c.id)
    if ids is not None:
        query = query.where(authority.c.id.in_(ids))
    return {r.id: _read(r.state) for r in connection.execute(query)}


@lru_cache(maxsize=4096)
def _read(state: str) -> Authority:
    """An authority from the text of its state; equal texts are read once."""
    return from_json(Authority, json.loads(state))


def get_authority(connection: Connection, authority_id: str) -> Authority | None:
    """One authority, or None."""
    return authorities(connection, [authority_id]).get(authority_id)


def put_sources(connection: Connection, sources: Sequence[Source]) -> None:
    """Make the declared base equal to `sources`; a declaration that disappeared suspends its source, deletes nothing."""
    columns = (source.c.id, source.c.base_digest, source.c.suspended_why, source.c.declared, source.c.overlay)
    known = {r.id: r for r in connection.execute(select(*columns))}
    for s in sources:
        state = to_json(s)
        digest = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
        row = known.pop(s.id, None)
        if row is not None and row.base_digest == digest and row.suspended_why != "undeclared":
            continue
        values: dict[str, Any] = {"authority_id": s.authority_id, "declared": state, "base_digest": digest}
        if row is not None and not row.overlay and row.declared:
            values |= _forgotten(row.declared, state)
        if row is not None and row.suspended_why == "undeclared":
            values |= {"suspended": False, "suspended_why": ""}
        upsert(connection, source, {"id": s.id}, values)
    for gone in (i for i, r in known.items() if r.base_digest):
        connection.execute(
            update(source)
            .where(source.c.id == gone, source.c.suspended.is_(False), source.c.overlay.is_(None))
            .values(suspended=True, suspended_why="undeclared")
        )


#: Parts of a declaration that decide what a server answers, and how the pages of a query follow each other.
_ASKED = ("url", "method", "body", "headers")
_WALKED = (*_ASKED, "cursor", "window", "from_param", "to_param")


def _forgotten(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What must be forgotten when a source asks for something else: validators, and the place of a walk."""
    values: dict[str, Any] = {}
    if any(old.get(k) != new.get(k) for k in _ASKED):
        values |= {"etag": "", "last_modified": "", "validated": None, "failures": 0, "next_due": None}
    if any(old.get(k) != new.get(k) for k in _WALKED):
        values["cursor"] = ""
    return values


# -- overlays


@dataclass(frozen=True)
class Layers:
    """What the files say of a source, what a curator says, and whether the files changed since; None where absent."""

    source_id: str
    declared: Source | None
    overlay: Source | None
    edited: datetime | None
    moved: bool


def layers(connection: Connection, source_id: str = "") -> list[Layers]:
    """The layers of one source, or of every source that a curator edited, by id."""
    query = select(source).order_by(source.c.id)
    query = query.where(source.c.id == source_id) if source_id else query.where(source.c.overlay_at.is_not(None))
    return [
        Layers(
            r.id,
            from_json(Source, r.declared) if r.declared else None,
            from_json(Source, r.overlay) if r.overlay else None,
            r.overlay_at,
            bool(r.overlay) and r.overlay_base != r.base_digest,
        )
        for r in connection.execute(query)
    ]


def put_overlay(connection: Connection, s: Source, at: datetime) -> None:
    """A curator's words about a source, which win over the files; a source that the files do not know is new."""
    state = to_json(s)
    row = connection.execute(select(source).where(source.c.id == s.id)).first()
    values: dict[str, Any] = {"authority_id": s.authority_id, "overlay": state, "overlay_at": at}
    if row is not None:
        values |= {"overlay_base": row.base_digest, **_forgotten(row.overlay or row.declared or {}, state)}
    upsert(connection, source, {"id": s.id}, values)


def drop_overlay(connection: Connection, source_id: str) -> bool:
    """Take a curator's words back, so that the files hold again; False for a source that the files do not know."""
    row = connection.execute(select(source).where(source.c.id == source_id)).first()
    if row is None or not row.declared:
        return False
    values = _forgotten(row.overlay or {}, row.declared) if row.overlay else {}
    set_state(connection, source_id, overlay=null(), overlay_at=None, overlay_base="", **values)
    return True


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
        said=row.said,
        cursor=row.cursor,
        failing=row.failing,
    )


def source_states(connection: Connection, ids: Sequence[str] | None = None) -> list[SourceState]:
    """Sources with their states by id; all of them when `ids` is None."""
    query = select(source).order_by(source.c.id)
    if ids is not None:
        query = query.where(source.c.id.in_(ids))
    return _states(connection.execute(query))


def watched(connection: Connection) -> list[tuple[str, str, bool]]:
    """(id, authority, whether it fails) of every source, by id."""
    rows = connection.execute(select(source.c.id, source.c.authority_id, source.c.failing).order_by(source.c.id))
    return [(r.id, r.authority_id, r.failing) for r in rows]


def sources_named(connection: Connection, said: str) -> set[str]:
    """Ids of the sources whose id or title holds these words, capitals or not."""
    titles = select(source.c.id, source.c.declared["title"], source.c.overlay["title"])
    rows = connection.execute(titles)  # compared here: SQLite folds no capital beyond ASCII
    return {id_ for id_, ours, theirs in rows if said.casefold() in f"{id_}\n{theirs or ours}".casefold()}


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


def set_states(connection: Connection, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Change the same columns of many sources, by source id."""
    if values:
        columns = next(iter(values.values()))
        change = update(source).where(source.c.id == bindparam("of")).values({c: bindparam(f"to_{c}") for c in columns})
        rows = [{"of": i, **{f"to_{c}": v for c, v in row.items()}} for i, row in values.items()]
        connection.execute(change, rows)
