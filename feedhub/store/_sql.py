"""What both engines say differently: insert-or-update and insert-or-nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert a row, or update its `values` when the `keys` exist."""
    upsert_all(connection, table, tuple(keys), [{**keys, **values}])


def upsert_all(connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, or update what is not a key where the `keys` exist."""
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    values = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    if values:
        statement = insert.on_conflict_do_update(index_elements=list(keys), set_=values)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=list(keys))
    connection.execute(statement, [dict(r) for r in rows])


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows whose keys do not exist yet; the number that were new."""
    if not rows:
        return 0
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    return connection.execute(insert.on_conflict_do_nothing(), [dict(r) for r in rows]).rowcount
