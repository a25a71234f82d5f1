"""What people decide: the review queue, proposed duplicates, idempotency of forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from feedhub.store._sql import insert_new
from feedhub.store.tables import idempotency, proposal, review


@dataclass(frozen=True)
class Waiting:
    """One item that waits for a curator; `state` is a draft's JSON, or None."""

    id: int
    why: str
    at: datetime
    source_id: str
    notice_id: str
    state: Mapping[str, Any] | None
    detail: str
    decision: str = ""


def put_waiting(
    connection: Connection,
    why: str,
    at: datetime,
    *,
    source_id: str = "",
    notice_id: str = "",
    state: Mapping[str, Any] | None = None,
    detail: str = "",
    fingerprint: str = "",
) -> bool:
    """Queue an item unless one with this fingerprint is open or was decided; True when it is new."""
    if fingerprint:
        known = select(review.c.id).where(review.c.fingerprint == fingerprint)
        known = known.where(or_(review.c.resolved.is_(None), review.c.decision != "expired"))
        if connection.execute(known).first() is not None:
            return False
    connection.execute(
        review.insert().values(
            why=why,
            at=at,
            source_id=source_id,
            notice_id=notice_id,
            state=dict(state) if state is not None else None,
            detail=detail,
            fingerprint=fingerprint,
        )
    )
    return True


def count_waiting(connection: Connection) -> int:
    """How many items are open."""
    return connection.execute(select(func.count()).where(review.c.resolved.is_(None))).scalar_one()


def waiting_dates(connection: Connection) -> list[tuple[int, list[dict[str, Any]] | None]]:
    """(id, milestones of the draft as JSON) of every open item, oldest first."""
    query = select(review.c.id, review.c.state["milestones"]).where(review.c.resolved.is_(None))
    return [(id_, dates) for id_, dates in connection.execute(query.order_by(review.c.at, review.c.id))]


def waiting(connection: Connection, ids: Collection[int]) -> list[Waiting]:
    """The open ones among these items, oldest first."""
    query = select(review).where(review.c.resolved.is_(None), review.c.id.in_(ids))
    query = query.order_by(review.c.at, review.c.id)
    return [
        Waiting(r.id, r.why, r.at, r.source_id, r.notice_id, r.state, r.detail, r.decision)
        for r in connection.execute(query)
    ]


def remember(connection: Connection, item_id: int, found: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Keep what a curator said of a draft beside the draft as it was found; `corrections` gives both back."""
    state = {"found": dict(found), "said": dict(said)}
    connection.execute(update(review).where(review.c.id == item_id).values(state=state, decision="corrected"))


def corrections(connection: Connection, source_id: str) -> list[Mapping[str, Any]]:
    """{"found": draft, "said": correction} of each corrected draft of a source, oldest first."""
    query = select(review.c.state).where(review.c.source_id == source_id, review.c.decision == "corrected")
    return list(connection.execute(query.order_by(review.c.id)).scalars())


def resolve(connection: Connection, item_id: int, decision: str, at: datetime) -> bool:
    """Close an item; False when it was closed already."""
    changed = connection.execute(
        update(review)
        .where(and_(review.c.id == item_id, review.c.resolved.is_(None)))
        .values(resolved=at, decision=decision)
    )
    return bool(changed.rowcount)


def propose(connection: Connection, notice_id: str, other_id: str, score: float, at: datetime) -> None:
    """Propose to a curator that two notices are one."""
    row = {"notice_id": notice_id, "other_id": other_id, "score": score, "at": at}
    insert_new(connection, proposal, [row])


def proposals(connection: Connection, notice_id: str) -> list[str]:
    """Ids of notices proposed as duplicates of this one and not yet decided."""
    query = select(proposal.c.notice_id, proposal.c.other_id).where(
        or_(proposal.c.notice_id == notice_id, proposal.c.other_id == notice_id), proposal.c.decision == ""
    )
    return [r.other_id if r.notice_id == notice_id else r.notice_id for r in connection.execute(query)]


def take_key(connection: Connection, key: str, notice_id: str, at: datetime) -> str:
    """Bind a form's idempotency key to a notice; the notice it is bound to (another one when sent twice)."""
    insert_new(connection, idempotency, [{"key": key, "notice_id": notice_id, "at": at}])
    return str(connection.execute(select(idempotency.c.notice_id).where(idempotency.c.key == key)).scalar_one())


def bind_key(connection: Connection, key: str, notice_id: str) -> None:
    """Bind an idempotency key that was just taken to the notice it made."""
    connection.execute(update(idempotency).where(idempotency.c.key == key).values(notice_id=notice_id))
