"""Brings a database to the present schema. Re-runnable at any point, on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from feedhub.store import search
from feedhub.store.engine import writing

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).resolve().parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - 11 MB that a start on the newest schema does not need

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Upgrade to the newest schema in one transaction; nothing happens when it is there already."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7214950361)")
        if not schema_is_current(connection):
            from alembic import command  # noqa: PLC0415 - the same

            command.upgrade(_config(connection), "head")
        search.make_indexes(connection)


def schema_is_current(connection: Connection) -> bool:
    """True when the database has the schema this feedhub expects: the number that its newest migration is named by."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    newest = max(file.name[:4] for file in (_HERE / "versions").glob("[0-9]*.py"))
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == [newest]
