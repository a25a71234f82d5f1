"""The tables of notices: states, revisions, what they are found by, and where they were seen."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from feedhub.store.tables._columns import Instant, bits_columns, key_column, metadata, number_column, text_column

notice = Table(
    "notice",
    metadata,
    key_column("id", 40),
    Column("authority_id", String(200), ForeignKey("authority.id"), nullable=False),
    text_column("source_id"),
    Column("stage", String(20), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_recorded", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("confirmed", Instant),
    Column("lead_days", Integer),
    Column("next_day", Date),
    Column("state", JSON, nullable=False),
    Index("ix_notice_authority", "authority_id", "live"),
    Index("ix_notice_updated", "updated"),
    Index("ix_notice_next", "live", "next_day"),
    Index("ix_notice_source", "source_id"),
)

#: What `q` looks through, folded, with a space at both ends; beside the notice, so that lists of notices stay narrow.
notice_text = Table(
    "notice_text",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("notice_id", String(40), ForeignKey("notice.id"), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
)

notice_term = Table(
    "notice_term",
    metadata,
    key_column("name", 20),
    key_column("value"),
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    Index("ix_notice_term_of", "notice_id", "name", "value"),
)

#: For each filter value and page of `notice_text.number` one bit a notice (`bits.py`).
notice_bits = Table("notice_bits", metadata, *bits_columns())

#: The dates of notices as they stand in calendars: a yearly one has a row for each of its next turns (from 1). `month`
#: counts months since the year 0; `wide` dates are quarters, halves and years.
dated = Table(
    "dated",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    key_column("id", 20),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(30), nullable=False),
    Column("status", String(20), nullable=False),
    Column("living", Boolean, nullable=False),
    Column("recurs", String(60), nullable=False, server_default=""),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("month", Integer, nullable=False),
    Index("ix_dated_days", "living", "first", "last"),
)

reference = Table(
    "reference",
    metadata,
    key_column("ref", 400),
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    Index("ix_reference_notice", "notice_id"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    key_column("source_id"),
    Column("last_seen", Instant, nullable=False),
    number_column("absences"),
    Column("anchor", Text, nullable=False, server_default=""),
    Column("missing", JSON),
    Index("ix_sighting_source", "source_id"),
)

revision = Table(
    "revision",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("instant", Instant, nullable=False),
    Column("by", String(200), nullable=False, server_default=""),
    Column("state", JSON, nullable=False),
)
