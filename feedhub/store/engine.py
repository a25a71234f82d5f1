"""Engines for SQLite and PostgreSQL, set up so that nothing is lost. Never queries."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from feedhub.errors import ConfigError

#: SQLite before 3.51.3 can corrupt a database when a WAL reset races with a checkpoint.
SAFE_SQLITE = (3, 51, 3)


def sqlite_module() -> ModuleType:
    """`pysqlite3` where a wheel exists (it carries a newer SQLite), else Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def sqlite_is_safe() -> bool:
    """False when the SQLite in use has the WAL-reset bug; `feedhub doctor` then says so."""
    return tuple(sqlite_module().sqlite_version_info) >= SAFE_SQLITE


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`; raises ConfigError for anything else."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    raise ConfigError("FEEDHUB_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")


def _sqlite(url: str) -> Engine:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, module=sqlite_module(), pool_size=10, max_overflow=30, connect_args={"timeout": 5})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # The driver's own transaction control lost 120 of 160 increments: it is switched off and BEGIN is ours.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that will write takes the lock at once: a later upgrade fails without waiting.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, all of it at one state of the world (SQLite's are so anyway)."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all or nothing."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection
