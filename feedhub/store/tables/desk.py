"""The tables of people's work on notices: proposals, reviews, questions, posts sent twice."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from feedhub.store.tables._columns import Instant, key_column, metadata, text_column

proposal = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("notice_id", String(40), ForeignKey("notice.id"), nullable=False),
    Column("other_id", String(40), ForeignKey("notice.id"), nullable=False),
    Column("score", Float, nullable=False),
    Column("at", Instant, nullable=False),
    text_column("decision", 20),
    UniqueConstraint("notice_id", "other_id"),
)

review = Table(
    "review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("why", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    text_column("source_id"),
    text_column("notice_id", 40),
    text_column("fingerprint", 64),
    Column("state", JSON),
    Column("detail", Text, nullable=False, server_default=""),
    Column("resolved", Instant),
    text_column("decision", 20),
    Index("ix_review_open", "resolved", "at"),
    Index("ix_review_fingerprint", "fingerprint"),
)

#: Who asked is nowhere, and when only to the day; nothing here is public before it is answered.
question = Table(
    "question",
    metadata,
    key_column("id", 20),
    Column("notice_id", String(40), ForeignKey("notice.id"), nullable=False),
    Column("asked", Date, nullable=False),
    Column("text", Text, nullable=False),
    text_column("fingerprint", 64),
    Column("told", Date),
    Column("answer", Text, nullable=False, server_default=""),
    Column("answered", Instant),
    text_column("by"),
    UniqueConstraint("fingerprint"),
    Index("ix_question_notice", "notice_id", "answered"),
    Index("ix_question_told", "told"),
)

idempotency = Table(
    "idempotency",
    metadata,
    key_column("key", 100),
    Column("notice_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)
