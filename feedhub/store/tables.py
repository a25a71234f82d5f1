"""All tables, as SQLAlchemy Core. Holds shapes and constraints; queries stand in their own files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)
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


def _key(name: str, length: int = 200, **more: Any) -> Column[str]:
    return Column(name, String(length), primary_key=True, **more)


def text_column(name: str, length: int = 200) -> Column[str]:
    """A short text that is never null."""
    return Column(name, String(length), nullable=False, server_default="")


def number_column(name: str) -> Column[int]:
    """A whole number, 0 when nothing is said."""
    return Column(name, Integer, nullable=False, server_default="0")


def _flag(name: str, *, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=true() if default else false())


instance = Table("instance", metadata, _key("name", 60), Column("value", Text, nullable=False))

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
    _key("name"),
    Column("token", Integer, nullable=False),
    Column("holder", String(120), nullable=False),
    Column("until", Instant, nullable=False),
)

authority = Table(
    "authority",
    metadata,
    _key("id"),
    Column("name", Text, nullable=False),
    text_column("country", 8),
    Column("state", JSON, nullable=False),
    _flag("declared", default=True),
)

source = Table(
    "source",
    metadata,
    _key("id"),
    Column("authority_id", String(200), ForeignKey("authority.id"), nullable=False),
    Column("declared", JSON(none_as_null=True)),
    Column("overlay", JSON(none_as_null=True)),
    Column("base_digest", String(64), nullable=False, server_default=""),
    text_column("overlay_base", 64),
    Column("overlay_at", Instant),
    _flag("suspended"),
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
    _flag("failing"),
    Index("ix_source_due", "suspended", "next_due"),
)

host = Table(
    "host",
    metadata,
    _key("name", 260),
    Column("free_at", Instant),
    Column("open_until", Instant),
    number_column("failures"),
)

content = Table(
    "content",
    metadata,
    _key("digest", 64),
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

notice = Table(
    "notice",
    metadata,
    _key("id", 40),
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
    _key("name", 20),
    _key("value"),
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    Index("ix_notice_term_of", "notice_id", "name", "value"),
)

#: The dates of notices as they stand in calendars: a yearly one has a row for each of its next turns (from 1). `month`
#: counts months since the year 0; `wide` dates are quarters, halves and years.
dated = Table(
    "dated",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    _key("id", 20),
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
    _key("ref", 400),
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    Index("ix_reference_notice", "notice_id"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    _key("source_id"),
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
    _key("name", 20),
    _key("value"),
    Column("seq", Integer, ForeignKey("announcement.seq"), primary_key=True, autoincrement=False),
)

#: For each filter value and page of the log one bit an announcement (`bits.py`).
announcement_bits = Table(
    "announcement_bits",
    metadata,
    _key("name", 20),
    _key("value"),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("bits", LargeBinary, nullable=False),
)

reminder = Table(
    "reminder",
    metadata,
    Column("notice_id", String(40), ForeignKey("notice.id"), primary_key=True),
    _key("milestone_id", 20),
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
    _key("id", 20),
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
    _key("key", 100),
    Column("notice_id", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    _key("id", 40),
    Column("name", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
)

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(255), nullable=False, unique=True),
    Column("password", String(255)),
    Column("active", Boolean, nullable=False),
    Column("fs_uniquifier", String(64), nullable=False, unique=True),
    Column("authority_id", String(200)),
    Column("confirmed_at", Instant),
    Column("last_login_at", Instant),
    Column("current_login_at", Instant),
    Column("last_login_ip", String(64)),
    Column("current_login_ip", String(64)),
    Column("login_count", Integer),
    Column("tf_primary_method", String(64)),
    Column("tf_totp_secret", String(255)),
    Column("created_at", Instant),
)

role = Table(
    "role",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("description", String(255), nullable=False, server_default=""),
)

user_role = Table(
    "user_role",
    metadata,
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("role.id"), primary_key=True),
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(64), nullable=False),
    Index("ix_login_attempt_who", "who", "at"),
)
