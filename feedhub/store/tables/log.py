"""The tables of the public log, of the instance that publishes it, and of the lease by which one clock runs."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from feedhub.store.tables._columns import Instant, bits_columns, key_column, metadata

instance = Table("instance", metadata, key_column("name", 60), Column("value", Text, nullable=False))

#: One row, locked by every transaction that announces: sequence order is commit order.
publication = Table(
    "publication",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("instant", Instant),
    Column("counter", Integer, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    key_column("name"),
    Column("token", Integer, nullable=False),
    Column("holder", String(120), nullable=False),
    Column("until", Instant, nullable=False),
)

announcement = Table(
    "announcement",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("instant", Instant, nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("notice_id", String(40), nullable=False, server_default=""),
    Column("lead_days", Integer),
    Column("search", Text, nullable=False),
    Column("state", JSON, nullable=False),
    Index("ix_announcement_notice", "notice_id"),
)

announcement_term = Table(
    "announcement_term",
    metadata,
    key_column("name", 20),
    key_column("value"),
    Column("seq", Integer, ForeignKey("announcement.seq"), primary_key=True, autoincrement=False),
)

#: For each filter value and page of the log one bit an announcement (`bits.py`).
announcement_bits = Table("announcement_bits", metadata, *bits_columns())

reminder = Table(
    "reminder",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    key_column("milestone_id", 20),
    Column("day", Date, primary_key=True),
    Column("days_before", Integer, primary_key=True, autoincrement=False),
    Column("sent", Instant, nullable=False),
)

#: What a subscriber must still be sent; written in the transaction that writes the announcement.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("written", Instant, nullable=False),
    Column("done", Instant),
    UniqueConstraint("seq", "channel"),
    Index("ix_outbox_done", "done"),
)
