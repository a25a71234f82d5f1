"""All SQL: tables, queries, migrations. Knows shapes and transactions, never meaning, time or the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import RLock

from sqlalchemy import ColumnElement, Connection, Engine

from feedhub.store import (
    backup,
    bits,
    catalogue,
    collecting,
    dates,
    desk,
    finding,
    log,
    notices,
    outages,
    questions,
    search,
    sightings,
    subscriptions,
)
from feedhub.store.engine import make_engine, reading, sqlite_is_safe, writing
from feedhub.store.migrate import migrate
from feedhub.store.shapes import from_json, to_json

__all__ = [
    "Condition",
    "Store",
    "Tx",
    "backup",
    "catalogue",
    "collecting",
    "dates",
    "desk",
    "finding",
    "from_json",
    "log",
    "migrate",
    "notices",
    "outages",
    "questions",
    "search",
    "sightings",
    "sqlite_is_safe",
    "subscriptions",
    "to_json",
]


#: A transaction: what every query takes first.
Tx = Connection
#: Which notices or announcements are meant: made and read by the queries alone.
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Store:
    """One database. Queries stand in the modules and take the connection of a transaction opened here."""

    engine: Engine
    #: SQLite's writers poll for its one lock and may starve: those of one process stand in line before it.
    line: AbstractContextManager[object] = field(default_factory=nullcontext)

    @classmethod
    def open(cls, url: str) -> Store:
        """Connect lazily to `sqlite:///…` or `postgresql+psycopg://…`."""
        engine = make_engine(url)
        return cls(engine, RLock() if engine.dialect.name == "sqlite" else nullcontext())

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads."""
        return reading(self.engine)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all or nothing."""
        with self.line, writing(self.engine) as connection:
            bits.forget(connection)
            yield connection
            bits.settle(connection)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
