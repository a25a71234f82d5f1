"""Subscriptions, what is owed to them, and how often somebody asked. Knows rows and claims, never meaning or time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feedhub.store._sql import insert_new
from feedhub.store.tables import announcement, delivery, outbox, subscribe_request, subscription

#: Rows written by one statement stay below the engines' limit of bound values.
_CHUNK = 400


@dataclass(frozen=True)
class Subscription:
    """One subscriber. `kind` is websub, webhook, mail or hub; `state` pending, active, ended or dead.

    `topic` is the canonical path of a feed (websub), `query` a canonical filter (webhook, mail), `rhythm` immediate,
    daily or weekly (mail), `language` that of the pages on which it was asked for (mail; "" for none). `errand` is what must be said to the target first: subscribe, unsubscribe, ping, confirm,
    denied; `errand_value` is the secret, or the rhythm and language, that takes effect with it, `errand_lease` the seconds asked for.
    """

    id: int
    kind: str
    state: str
    target: str
    host: str
    topic: str
    query: str
    rhythm: str
    language: str
    secret: str
    mark: str
    asked: datetime
    since_seq: int
    expires: datetime | None
    errand: str
    errand_value: str
    errand_lease: int
    sent_etag: str
    last_good: datetime | None
    failing_since: datetime | None
    failures: int
    last_error: str
    next_try: datetime | None
    ended: datetime | None
    why: str


def _shape(row: Row[Any]) -> Subscription:
    return Subscription(**{name: getattr(row, name) for name in Subscription.__dataclass_fields__})


# -- making and ending


def put(connection: Connection, key: str, values: Mapping[str, Any]) -> Subscription | None:
    """Insert a subscription; None when one with this key exists."""
    if not insert_new(connection, subscription, [{"key": key, **values}]):
        return None
    return by_key(connection, key)


def by_key(connection: Connection, key: str) -> Subscription | None:
    """The subscription with a key (one per callback and topic, or per address and filter), or None."""
    row = connection.execute(select(subscription).where(subscription.c.key == key)).first()
    return _shape(row) if row else None


def get(connection: Connection, subscription_id: int) -> Subscription | None:
    """The subscription with an id, or None."""
    row = connection.execute(select(subscription).where(subscription.c.id == subscription_id)).first()
    return _shape(row) if row else None


def change(connection: Connection, subscription_id: int, **values: Any) -> None:
    """Set columns of one subscription."""
    connection.execute(update(subscription).where(subscription.c.id == subscription_id).values(**values))


def end(connection: Connection, subscription_id: int, state: str, why: str, at: datetime, *, errand: str = "") -> None:
    """End a subscription (`ended` or `dead`); what it was owed is dropped. `errand` is a last word to its target."""
    change(connection, subscription_id, state=state, why=why, ended=at, errand=errand, next_try=None)
    connection.execute(
        update(delivery)
        .where(delivery.c.subscription_id == subscription_id, delivery.c.state == "pending")
        .values(state="dropped", done=at)
    )


def erase(connection: Connection, subscription_id: int) -> None:
    """Forget a subscription with its address and everything it was sent."""
    connection.execute(delete(delivery).where(delivery.c.subscription_id == subscription_id))
    connection.execute(delete(subscription).where(subscription.c.id == subscription_id))


def living(connection: Connection, host: str, kind: str) -> int:
    """How many subscriptions of a kind a host holds or has asked for."""
    query = select(func.count()).select_from(subscription)
    where = (subscription.c.host == host, subscription.c.kind == kind, subscription.c.state.in_(("pending", "active")))
    return connection.execute(query.where(*where)).scalar_one()


# -- limits


def count_request(connection: Connection, who: str, at: datetime, limit: int, within: timedelta) -> bool:
    """Count one request of `who`; False (and not counted) when `limit` were counted `within` that time."""
    since = select(func.count()).select_from(subscribe_request)
    since = since.where(subscribe_request.c.who == who, subscribe_request.c.at > at - within)
    if connection.execute(since).scalar_one() >= limit:
        return False
    connection.execute(subscribe_request.insert().values(at=at, who=who))
    return True


# -- owing


def waiting(connection: Connection, limit: int) -> list[int]:
    """Sequence numbers announced and not yet turned into deliveries, oldest first; locked until the commit."""
    query = select(outbox.c.seq).where(outbox.c.channel == "push", outbox.c.done.is_(None))
    query = query.order_by(outbox.c.seq).limit(limit).with_for_update(skip_locked=True)
    return list(connection.execute(query).scalars())


def consumed(connection: Connection, seqs: Sequence[int], at: datetime) -> None:
    """Mark announcements as turned into deliveries, in the transaction that makes these."""
    where = and_(outbox.c.channel == "push", outbox.c.seq.in_(seqs))
    connection.execute(update(outbox).where(where).values(done=at))


def wishes(connection: Connection) -> list[tuple[str, str, str]]:
    """(kind, topic, query) of all active subscriptions, each once."""
    query = select(subscription.c.kind, subscription.c.topic, subscription.c.query).distinct()
    return [(r.kind, r.topic, r.query) for r in connection.execute(query.where(subscription.c.state == "active"))]


def among(connection: Connection, seqs: Sequence[int], where: ColumnElement[bool]) -> list[int]:
    """Those of `seqs` whose announcements meet a condition, in order."""
    query = select(announcement.c.seq).where(announcement.c.seq.in_(seqs), where).order_by(announcement.c.seq)
    return list(connection.execute(query).scalars())


def owe(
    connection: Connection,
    wish: tuple[str, str, str],
    seq: int,
    made: datetime,
    due: Mapping[str, datetime],
) -> int:
    """Owe an announcement to every active subscription with a wish; the number of rows that are new.

    `due` maps a rhythm to the instant; a mail address that gets the announcement by another filter is left out.
    """
    kind, topic, query = wish
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(delivery)
    count = 0
    for rhythm, at in due.items():
        chosen = select(subscription.c.id, *(literal(v) for v in (seq, "pending")), literal(made, delivery.c.made.type))
        chosen = chosen.add_columns(literal(at, delivery.c.due.type)).where(
            subscription.c.state == "active",
            subscription.c.kind == kind,
            subscription.c.topic == topic,
            subscription.c.query == query,
            subscription.c.rhythm == rhythm,
            subscription.c.since_seq < seq,
            or_(subscription.c.expires.is_(None), subscription.c.expires > made),
        )
        if kind == "mail":
            chosen = chosen.where(~_told_otherwise(seq))
        statement = insert.from_select(["subscription_id", "seq", "state", "made", "due"], chosen)
        count += connection.execute(statement.on_conflict_do_nothing()).rowcount
    return count


def _told_otherwise(seq: int) -> ColumnElement[bool]:
    other = subscription.alias()
    told = select(literal(1)).select_from(delivery.join(other, other.c.id == delivery.c.subscription_id))
    return exists(
        told.where(
            delivery.c.seq == seq,
            other.c.target_digest == subscription.c.target_digest,
            other.c.kind == "mail",
        ).correlate(subscription)
    )


# -- claiming


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(
        or_(subscription.c.next_try.is_(None), subscription.c.next_try <= now),
        or_(subscription.c.claimed.is_(None), subscription.c.claimed <= now),
    )


def _owed(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        delivery.c.subscription_id == subscription.c.id, delivery.c.state == "pending", delivery.c.due <= now
    )


def _due(now: datetime) -> ColumnElement[bool]:
    asks = and_(subscription.c.errand != "", subscription.c.state.in_(("pending", "active", "dead")))
    return and_(_free(now), or_(asks, and_(subscription.c.state == "active", _owed(now))))


def anything_due(connection: Connection, now: datetime) -> bool:
    """Whether something waits to be turned into deliveries, asked or sent."""
    undone = select(literal(1)).where(outbox.c.channel == "push", outbox.c.done.is_(None)).limit(1)
    if connection.execute(undone).first() is not None:
        return True
    return connection.execute(select(subscription.c.id).where(_due(now)).limit(1)).first() is not None


def claim(connection: Connection, token: str, now: datetime, until: datetime, limit: int) -> list[Subscription]:
    """Take subscriptions that something is due to, those that fail least first; nobody else sends to them `until`."""
    query = select(subscription).where(_due(now)).order_by(subscription.c.failures, subscription.c.id)
    found = [_shape(r) for r in connection.execute(query.limit(limit).with_for_update(skip_locked=True))]
    renew(connection, [s.id for s in found], until, token)
    return found


def renew(connection: Connection, ids: Sequence[int], until: datetime, token: str) -> None:
    """Hold claimed subscriptions for longer."""
    for i in range(0, len(ids), _CHUNK):
        chunk = ids[i : i + _CHUNK]
        connection.execute(update(subscription).where(subscription.c.id.in_(chunk)).values(claimed=until, claim=token))


def free(connection: Connection, subscription_id: int, token: str) -> bool:
    """Give a claim back; False when it ran out and somebody else holds it."""
    where = and_(subscription.c.id == subscription_id, subscription.c.claim == token)
    return bool(connection.execute(update(subscription).where(where).values(claimed=None, claim="")).rowcount)


def owed(connection: Connection, ids: Sequence[int], now: datetime) -> dict[int, list[int]]:
    """Subscription id → sequence numbers due now, in order."""
    out: dict[int, list[int]] = {}
    for i in range(0, len(ids), _CHUNK):
        query = select(delivery.c.subscription_id, delivery.c.seq).order_by(delivery.c.seq)
        query = query.where(delivery.c.subscription_id.in_(ids[i : i + _CHUNK]))
        for row in connection.execute(query.where(delivery.c.state == "pending", delivery.c.due <= now)):
            out.setdefault(row.subscription_id, []).append(row.seq)
    return out


def entries(connection: Connection, seqs: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Sequence number → stored state of announcements."""
    out: dict[int, Mapping[str, Any]] = {}
    for i in range(0, len(seqs), _CHUNK):
        query = select(announcement.c.seq, announcement.c.state).where(announcement.c.seq.in_(seqs[i : i + _CHUNK]))
        out |= {r.seq: r.state for r in connection.execute(query)}
    return out


def settle(connection: Connection, subscription_id: int, seqs: Sequence[int], at: datetime) -> None:
    """Note that announcements were sent."""
    _mark(connection, subscription_id, seqs, state="done", done=at, attempts=delivery.c.attempts + 1)


def missed(connection: Connection, subscription_id: int, seqs: Sequence[int]) -> None:
    """Note an attempt that failed; the deliveries stay pending."""
    _mark(connection, subscription_id, seqs, attempts=delivery.c.attempts + 1)


def _mark(connection: Connection, subscription_id: int, seqs: Sequence[int], **values: Any) -> None:
    for i in range(0, len(seqs), _CHUNK):
        where = and_(delivery.c.subscription_id == subscription_id, delivery.c.seq.in_(seqs[i : i + _CHUNK]))
        connection.execute(update(delivery).where(where, delivery.c.state == "pending").values(**values))


# -- keeping


def expire(connection: Connection, now: datetime) -> int:
    """End WebSub subscriptions whose lease ran out; the number ended."""
    query = select(subscription.c.id).where(subscription.c.state == "active", subscription.c.expires <= now)
    ids = list(connection.execute(query).scalars())
    for subscription_id in ids:
        end(connection, subscription_id, "ended", "lease", now)
    return len(ids)


def forget(connection: Connection, now: datetime, unconfirmed: timedelta, ended: timedelta) -> int:
    """Erase what was never confirmed, what ended long ago, old requests and settled deliveries; the number erased."""
    query = select(subscription.c.id).where(
        or_(
            and_(subscription.c.state == "pending", subscription.c.asked < now - unconfirmed),
            subscription.c.ended < now - ended,
        )
    )
    ids = list(connection.execute(query).scalars())
    for subscription_id in ids:
        erase(connection, subscription_id)
    connection.execute(delete(delivery).where(delivery.c.state != "pending", delivery.c.done < now - ended))
    connection.execute(delete(subscribe_request).where(subscribe_request.c.at < now - timedelta(days=1)))
    return len(ids)


def counts(connection: Connection) -> dict[tuple[str, str, str], int]:
    """("subscription" or "delivery", kind, state) → number."""
    query = select(subscription.c.kind, subscription.c.state, func.count().label("number"))
    out = {
        ("subscription", r.kind, r.state): r.number
        for r in connection.execute(query.group_by(subscription.c.kind, subscription.c.state))
    }
    joined = select(subscription.c.kind, delivery.c.state, func.count().label("number"))
    joined = joined.select_from(delivery.join(subscription, subscription.c.id == delivery.c.subscription_id))
    for r in connection.execute(joined.group_by(subscription.c.kind, delivery.c.state)):
        out["delivery", r.kind, r.state] = r.number
    return out


def failing(connection: Connection) -> int:
    """How many active subscriptions failed the last time."""
    query = select(func.count()).select_from(subscription)
    return connection.execute(query.where(subscription.c.state == "active", subscription.c.failures > 0)).scalar_one()


def listing(connection: Connection, limit: int, offset: int = 0) -> list[tuple[Subscription, int, int]]:
    """Subscriptions with (pending, done) deliveries, those in trouble first."""

    def number(state: str) -> Any:
        of = select(func.count()).select_from(delivery)
        return of.where(delivery.c.subscription_id == subscription.c.id, delivery.c.state == state).scalar_subquery()

    query = select(subscription, number("pending").label("pending"), number("done").label("sent"))
    query = query.order_by(subscription.c.failures.desc(), subscription.c.state, subscription.c.id.desc())
    query = query.limit(limit).offset(offset)
    return [(_shape(r), r.pending, r.sent) for r in connection.execute(query)]
