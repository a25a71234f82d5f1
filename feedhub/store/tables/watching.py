"""The tables of watching: authorities, their sources, what they returned, and how that went."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from feedhub.store.tables._columns import Instant, flag_column, key_column, metadata, number_column, text_column

authority = Table(
    "authority",
    metadata,
    key_column("id"),
    Column("name", Text, nullable=False),
    text_column("country", 8),
    Column("state", JSON, nullable=False),
    flag_column("declared", default=True),
)

source = Table(
    "source",
    metadata,
    key_column("id"),
    Column("authority_id", String(200), ForeignKey("authority.id"), nullable=False),
    Column("declared", JSON(none_as_null=True)),
    Column("overlay", JSON(none_as_null=True)),
    Column("base_digest", String(64), nullable=False, server_default=""),
    text_column("overlay_base", 64),
    Column("overlay_at", Instant),
    flag_column("suspended"),
    Column("suspended_why", Text, nullable=False, server_default=""),
    Column("last_checked", Instant),
    Column("last_good", Instant),
    Column("first_good", Instant),
    text_column("outcome", 20),
    text_column("reason", 40),
    Column("detail", Text, nullable=False, server_default=""),
    Column("next_due", Instant),
    number_column("failures"),
    Column("etag", Text, nullable=False, server_default=""),
    text_column("last_modified", 100),
    Column("validated", Instant),
    text_column("digest", 64),
    text_column("said", 64),
    Column("cursor", Text, nullable=False, server_default=""),
    flag_column("failing"),
    Index("ix_source_due", "suspended", "next_due"),
)

host = Table(
    "host",
    metadata,
    key_column("name", 260),
    Column("free_at", Instant),
    Column("open_until", Instant),
    number_column("failures"),
)

content = Table(
    "content",
    metadata,
    key_column("digest", 64),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("digest", String(64), ForeignKey("content.digest"), nullable=False),
    Column("url", Text, nullable=False),
    Column("content_type", Text, nullable=False, server_default=""),
    text_column("charset", 60),
    Index("ix_snapshot_source", "source_id", "at"),
)

check = Table(
    "checked",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    text_column("reason", 40),
    Column("detail", Text, nullable=False, server_default=""),
    number_column("ms"),
    Index("ix_checked_source", "source_id", "at"),
)

#: One row an outage of a source, told to operators at its beginning and at its end; never to readers.
outage = Table(
    "outage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", String(200), nullable=False),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
    text_column("reason", 40),
    number_column("good"),
    number_column("checks"),
    Index("ix_outage_source", "source_id", "ended"),
    Index("ix_outage_began", "began"),
)
