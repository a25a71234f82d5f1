"""Snapshots, checks, hosts and leases: what was fetched, when, and who may fetch now."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from feedhub.errors import LeaseLost
from feedhub.model import Fetched, Snapshot
from feedhub.store._sql import insert_new, upsert_all
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


@dataclass(frozen=True)
class Check:
    """How one check ended; `at` is aware UTC, `ms` wall time in milliseconds."""

    at: datetime
    outcome: str
    reason: str = ""
    detail: str = ""
    ms: int = 0


def put_checks(connection: Connection, ended: Mapping[str, Check]) -> None:
    """Note how checks ended, by source id."""
    rows = [
        {"source_id": i, "at": c.at, "outcome": c.outcome, "reason": c.reason, "detail": c.detail[:500], "ms": c.ms}
        for i, c in ended.items()
    ]
    if rows:
        connection.execute(check.insert(), rows)


def check_days(
    connection: Connection, since: datetime, ids: Sequence[str] | None = None
) -> list[tuple[str, datetime, bool]]:
    """(source id, instant, good) of every check since an instant that was not skipped; of all sources without `ids`."""
    good = case((check.c.outcome.in_(("changed", "unchanged", "baseline", "held")), 1), else_=0).label("good")
    query = (
        select(check.c.source_id, check.c.at, good)
        .where(check.c.at >= since, check.c.outcome != "skipped")
        .order_by(check.c.at)
    )
    if ids is not None:
        query = query.where(check.c.source_id.in_(ids))
    return [(r.source_id, r.at, bool(r.good)) for r in connection.execute(query)]


def checks_of(connection: Connection, source_id: str, limit: int) -> list[Check]:
    """The last checks of a source, newest first."""
    query = select(check).where(check.c.source_id == source_id).order_by(check.c.at.desc(), check.c.id.desc())
    return [Check(r.at, r.outcome, r.reason, r.detail, r.ms) for r in connection.execute(query.limit(limit))]


def drop_checks(connection: Connection, before: datetime) -> int:
    """Forget checks older than an instant; the number forgotten."""
    return connection.execute(delete(check).where(check.c.at < before)).rowcount


# -- leases


def take_leases(
    connection: Connection, names: Iterable[str], holder: str, now: datetime, seconds: float
) -> dict[str, int]:
    """Take those leases that are free, ran out or are ours: name → fencing token, which grows with every taking.

    Rows are locked in the order of their names, so that two who want several never wait for each other; the condition
    of the update decides between two who want the same.
    """
    wanted = sorted(set(names))
    locked = select(lease.c.name).where(lease.c.name.in_(wanted)).order_by(lease.c.name).with_for_update()
    known = set(connection.execute(locked).scalars())
    new = [{"name": n, "token": 0, "holder": "", "until": now} for n in wanted if n not in known]
    insert_new(connection, lease, new)
    taken = (
        update(lease)
        .where(lease.c.name.in_(wanted), (lease.c.until <= now) | (lease.c.holder == holder))
        .values(token=lease.c.token + 1, holder=holder, until=now + timedelta(seconds=seconds))
        .returning(lease.c.name, lease.c.token)
    )
    return {r.name: r.token for r in connection.execute(taken)}


def take_lease(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> int | None:
    """Take one lease; the fencing token, or None when somebody else holds it."""
    return take_leases(connection, [name], holder, now, seconds).get(name)


def still_held(connection: Connection, tokens: Mapping[str, int]) -> set[str]:
    """Of these leases those that are still ours, proven until the transaction ends."""
    query = select(lease.c.name, lease.c.token).where(lease.c.name.in_(tokens)).order_by(lease.c.name)
    return {r.name for r in connection.execute(query.with_for_update()) if r.token == tokens[r.name]}


def hold_lease(connection: Connection, name: str, token: int, now: datetime, seconds: float | None = None) -> None:
    """Prove in the committing transaction that the lease is still ours; raises LeaseLost. Extends it on request."""
    values = {"until": now + timedelta(seconds=seconds)} if seconds else {"token": token}
    changed = connection.execute(
        update(lease).where(lease.c.name == name, lease.c.token == token).values(**values)
    ).rowcount
    if not changed:
        raise LeaseLost(f"The lease “{name}” went to somebody else; this result is dropped.")


def free_leases(connection: Connection, tokens: Mapping[str, int], now: datetime) -> None:
    """Give leases back; nothing happens to one that is no longer ours."""
    if tokens:
        ours = update(lease).where(lease.c.name == bindparam("ours"), lease.c.token == bindparam("given"))
        rows = [{"ours": n, "given": t} for n, t in sorted(tokens.items())]
        connection.execute(ours.values(until=now, holder=""), rows)


# -- hosts


@dataclass(frozen=True)
class Host:
    """When a host may be asked again, until when it is left in peace, and its failures in a row; instants aware UTC."""

    free_at: datetime | None = None
    open_until: datetime | None = None
    failures: int = 0


def hosts(connection: Connection, names: Iterable[str]) -> dict[str, Host]:
    """What is known of hosts; one never asked is free."""
    wanted = list(names)
    rows = connection.execute(select(host).where(host.c.name.in_(wanted)))
    return dict.fromkeys(wanted, Host()) | {r.name: Host(r.free_at, r.open_until, r.failures) for r in rows}


def put_hosts(connection: Connection, found: Mapping[str, Host]) -> None:
    """Keep what is known of hosts."""
    facts = [
        {"name": name, "free_at": h.free_at, "open_until": h.open_until, "failures": h.failures}
        for name, h in sorted(found.items())
    ]
    upsert_all(connection, host, ["name"], facts)


def lease_until(connection: Connection, name: str) -> datetime | None:
    """When a lease runs out; None when nobody ever took it."""
    return connection.execute(select(lease.c.until).where(lease.c.name == name)).scalar()
