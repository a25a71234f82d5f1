"""Snapshots, checks, hosts and leases: what was fetched, when, and who may fetch now."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedhub.errors import LeaseLost
from feedhub.model import Fetched, Snapshot
from feedhub.store._sql import insert_new, upsert
from feedhub.store.tables import check, content, host, lease, snapshot

# -- snapshots


def put_snapshot(connection: Connection, source_id: str, fetched: Fetched, at: datetime) -> Snapshot:
    """Keep the bytes by their SHA-256, compressed once, and the HTTP facts of this fetch."""
    digest = hashlib.sha256(fetched.body).hexdigest()
    if connection.execute(select(content.c.digest).where(content.c.digest == digest)).first() is None:
        row = {"digest": digest, "size": len(fetched.body), "packed": zlib.compress(fetched.body, 6)}
        insert_new(connection, content, [row])
    facts = {"url": fetched.url, "content_type": fetched.content_type, "charset": fetched.charset}
    connection.execute(snapshot.insert().values(source_id=source_id, at=at, digest=digest, **facts))
    return Snapshot(source_id, at, digest, fetched.body, **facts)


def get_snapshot(connection: Connection, digest: str, source_id: str = "") -> Snapshot | None:
    """The newest snapshot with these bytes, or None."""
    query = (
        select(snapshot, content.c.packed)
        .join(content, content.c.digest == snapshot.c.digest)
        .where(snapshot.c.digest == digest)
        .order_by(snapshot.c.at.desc(), snapshot.c.id.desc())
        .limit(1)
    )
    if source_id:
        query = query.where(snapshot.c.source_id == source_id)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Snapshot(
        row.source_id, row.at, row.digest, zlib.decompress(row.packed), row.url, row.content_type, row.charset
    )


def latest_snapshot(connection: Connection, source_id: str) -> Snapshot | None:
    """The newest snapshot of a source, or None."""
    digest = connection.execute(
        select(snapshot.c.digest)
        .where(snapshot.c.source_id == source_id)
        .order_by(snapshot.c.at.desc(), snapshot.c.id.desc())
        .limit(1)
    ).scalar()
    return get_snapshot(connection, digest, source_id) if digest else None


def drop_snapshots(connection: Connection, before: datetime, keep: Sequence[str]) -> int:
    """Drop snapshots older than `before` whose digest no fact cites and no source stands on; the number dropped."""
    newest = select(func.max(snapshot.c.id)).group_by(snapshot.c.source_id)
    old = delete(snapshot).where(snapshot.c.at < before, snapshot.c.id.not_in(newest))
    dropped = connection.execute(old.where(snapshot.c.digest.not_in(keep))).rowcount
    connection.execute(delete(content).where(content.c.digest.not_in(select(snapshot.c.digest))))
    return dropped


# -- checks


def put_check(
    connection: Connection, source_id: str, at: datetime, outcome: str, reason: str, detail: str, ms: int
) -> None:
    """Note how one check ended."""
    connection.execute(
        check.insert().values(
            source_id=source_id, at=at, outcome=outcome, reason=reason, detail=detail[:500], ms=max(0, ms)
        )
    )


def check_days(connection: Connection, since: datetime) -> list[tuple[str, datetime, bool]]:
    """(source id, instant, good) of every check since an instant that was not skipped."""
    good = case((check.c.outcome.in_(("changed", "unchanged", "baseline", "held")), 1), else_=0).label("good")
    query = (
        select(check.c.source_id, check.c.at, good)
        .where(check.c.at >= since, check.c.outcome != "skipped")
        .order_by(check.c.at)
    )
    return [(r.source_id, r.at, bool(r.good)) for r in connection.execute(query)]


@dataclass(frozen=True)
class Check:
    """How one check ended; `at` is aware UTC, `ms` wall time in milliseconds."""

    at: datetime
    outcome: str
    reason: str
    detail: str
    ms: int


def checks_of(connection: Connection, source_id: str, limit: int) -> list[Check]:
    """The last checks of a source, newest first."""
    query = select(check).where(check.c.source_id == source_id).order_by(check.c.at.desc(), check.c.id.desc())
    return [Check(r.at, r.outcome, r.reason, r.detail, r.ms) for r in connection.execute(query.limit(limit))]


def drop_checks(connection: Connection, before: datetime) -> int:
    """Forget checks older than an instant; the number forgotten."""
    return connection.execute(delete(check).where(check.c.at < before)).rowcount


# -- leases


def _take(dialect: ModuleType) -> Any:
    """One statement takes a lease that is free or ran out: of two who try at once, one gets a row back."""
    new = dialect.insert(lease).values(
        name=bindparam("name"), token=1, holder=bindparam("holder"), until=bindparam("until", type_=lease.c.until.type)
    )
    free = (lease.c.until <= bindparam("now", type_=lease.c.until.type)) | (lease.c.holder == bindparam("holder"))
    values = {"token": lease.c.token + 1, "holder": new.excluded.holder, "until": new.excluded.until}
    return new.on_conflict_do_update(index_elements=["name"], set_=values, where=free).returning(lease.c.token)


_TAKE = {dialect.__name__: _take(dialect) for dialect in (postgresql, sqlite)}


def take_lease(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> int | None:
    """Take a lease when it is free or ran out; the fencing token, or None. The token grows with every taking."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    given = {"name": name, "holder": holder, "now": now, "until": now + timedelta(seconds=seconds)}
    token = connection.execute(_TAKE[dialect.__name__], given).scalar()
    return None if token is None else int(token)


def hold_lease(connection: Connection, name: str, token: int, now: datetime, seconds: float | None = None) -> None:
    """Prove in the committing transaction that the lease is still ours; raises LeaseLost. Extends it on request."""
    values = {"until": now + timedelta(seconds=seconds)} if seconds else {"token": token}
    changed = connection.execute(
        update(lease).where(lease.c.name == name, lease.c.token == token).values(**values)
    ).rowcount
    if not changed:
        raise LeaseLost(f"The lease “{name}” went to somebody else; this result is dropped.")


def free_lease(connection: Connection, name: str, token: int, now: datetime) -> None:
    """Give a lease back; nothing happens when it is no longer ours."""
    connection.execute(update(lease).where(lease.c.name == name, lease.c.token == token).values(until=now, holder=""))


# -- hosts


def host_state(connection: Connection, name: str) -> tuple[datetime | None, datetime | None, int]:
    """(free at, circuit open until, failures in a row) of a host."""
    row = connection.execute(select(host).where(host.c.name == name)).first()
    return (row.free_at, row.open_until, row.failures) if row else (None, None, 0)


def put_host(
    connection: Connection, name: str, *, free_at: datetime | None, open_until: datetime | None, failures: int
) -> None:
    """Set when a host may be asked again."""
    upsert(connection, host, {"name": name}, {"free_at": free_at, "open_until": open_until, "failures": failures})


def lease_until(connection: Connection, name: str) -> datetime | None:
    """When a lease runs out; None when nobody ever took it."""
    return connection.execute(select(lease.c.until).where(lease.c.name == name)).scalar()
