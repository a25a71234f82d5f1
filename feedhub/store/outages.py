"""Outages of sources: how the last fortnight of a source went, and when operators were told. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from feedhub.model import Outage
from feedhub.store.tables import check, outage

_GOOD = check.c.outcome.in_(("changed", "unchanged", "baseline", "held"))


def share(connection: Connection, source_id: str, since: datetime) -> tuple[int, int]:
    """(good checks, checks) of a source since an instant; skipped ones do not count."""
    query = select(func.coalesce(func.sum(case((_GOOD, 1), else_=0)), 0), func.count()).where(
        check.c.source_id == source_id, check.c.at >= since, check.c.outcome != "skipped"
    )
    good, checks = connection.execute(query).one()
    return int(good), int(checks)


def lately(connection: Connection, source_id: str, count: int) -> list[bool]:
    """Whether the last checks of a source went well, newest first."""
    query = (
        select(case((_GOOD, 1), else_=0))
        .where(check.c.source_id == source_id, check.c.outcome != "skipped")
        .order_by(check.c.at.desc(), check.c.id.desc())
        .limit(count)
    )
    return [bool(v) for v in connection.execute(query).scalars()]


def running(connection: Connection, source_id: str) -> Outage | None:
    """The outage of a source that has not ended."""
    query = select(outage).where(outage.c.source_id == source_id, outage.c.ended.is_(None)).order_by(outage.c.id)
    row = connection.execute(query.limit(1)).first()
    return _outage(row) if row else None


def begin(connection: Connection, source_id: str, at: datetime, reason: str, good: int, checks: int) -> None:
    """Note that an outage began."""
    connection.execute(outage.insert().values(source_id=source_id, began=at, reason=reason, good=good, checks=checks))


def end(connection: Connection, outage_id: int, at: datetime) -> None:
    """Note that an outage is over."""
    connection.execute(update(outage).where(outage.c.id == outage_id, outage.c.ended.is_(None)).values(ended=at))


def newest(connection: Connection, limit: int, sources: Sequence[str] | None = None) -> list[Outage]:
    """Outages that began or ended last, newest first; of some sources only when they are named."""
    query = select(outage).order_by(func.coalesce(outage.c.ended, outage.c.began).desc(), outage.c.id.desc())
    if sources is not None:
        query = query.where(outage.c.source_id.in_(sources))
    return [_outage(r) for r in connection.execute(query.limit(limit))]


def _outage(row: Row[Any]) -> Outage:
    return Outage(row.id, row.source_id, row.began, row.ended, row.reason, row.good, row.checks)
