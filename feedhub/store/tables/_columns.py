"""What all tables are made of: instants, names of constraints, and columns that are never null."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, MetaData, String, false, true
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on every engine (SQLite hands back naive ones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; SQLite stores UTC without an offset so that text order is time order."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every value its zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key_column(name: str, length: int = 200, **more: Any) -> Column[str]:
    """A short text of the primary key."""
    return Column(name, String(length), primary_key=True, **more)


def text_column(name: str, length: int = 200) -> Column[str]:
    """A short text that is never null."""
    return Column(name, String(length), nullable=False, server_default="")


def number_column(name: str) -> Column[int]:
    """A whole number, 0 when nothing is said."""
    return Column(name, Integer, nullable=False, server_default="0")


def flag_column(name: str, *, default: bool = False) -> Column[bool]:
    """A yes or no, no when nothing is said."""
    return Column(name, Boolean, nullable=False, server_default=true() if default else false())


def bits_columns() -> tuple[Column[Any], ...]:
    """A filter name and value, a page of numbers, and one bit for each of these (`bits.py`)."""
    return (
        key_column("name", 20),
        key_column("value"),
        Column("page", Integer, primary_key=True, autoincrement=False),
        Column("bits", LargeBinary, nullable=False),
    )
