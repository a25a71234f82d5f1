"""Where notices were seen on sources, and how often they or their facts were missing since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from feedhub.store._sql import upsert_all
from feedhub.store.tables import notice, sighting


@dataclass(frozen=True)
class Sighting:
    """Where on a source a notice was seen, and how often it or its facts were missing since.

    `missing` is a number per fact id: nought for a fact that the source showed.
    """

    notice_id: str
    source_id: str
    anchor: str
    absences: int
    missing: Mapping[str, int]


def sightings(connection: Connection, ids: Sequence[str]) -> list[Sighting]:
    """All sightings of these notices."""
    rows = connection.execute(select(sighting).where(sighting.c.notice_id.in_(ids)))
    return [Sighting(r.notice_id, r.source_id, r.anchor, r.absences, dict(r.missing or {})) for r in rows]


@dataclass(frozen=True)
class Seen:
    """A notice as last seen on a source: whether it lives, and whether absences of it or a fact are being counted."""

    notice_id: str
    live: bool
    missing: bool


def seen_on(connection: Connection, source_ids: Sequence[str]) -> dict[str, list[Seen]]:
    """What was seen on sources, by source id."""
    query = (
        select(sighting.c.source_id, sighting.c.notice_id, sighting.c.absences, sighting.c.missing, notice.c.live)
        .join(notice, notice.c.id == sighting.c.notice_id)
        .where(sighting.c.source_id.in_(source_ids))
    )
    out: dict[str, list[Seen]] = {i: [] for i in source_ids}
    for r in connection.execute(query):
        counting = bool(r.absences) or any((r.missing or {}).values())
        out[r.source_id].append(Seen(r.notice_id, r.live, r.live and counting))
    return out


def put_sightings(connection: Connection, seen: Sequence[Sighting], at: datetime) -> None:
    """Note sightings."""
    keys = ("notice_id", "source_id")
    rows = [{**vars(s), "missing": dict(s.missing), "last_seen": at} for s in seen]
    upsert_all(connection, sighting, keys, rows)


def put_absence(connection: Connection, notice_id: str, source_id: str, absences: int) -> None:
    """Count a good reading without the notice."""
    connection.execute(
        update(sighting)
        .where(sighting.c.notice_id == notice_id, sighting.c.source_id == source_id)
        .values(absences=absences)
    )
