"""All tables, as SQLAlchemy Core, by subject. Holds shapes and constraints; queries stand in their own files."""

from __future__ import annotations

from feedhub.store.tables._columns import Instant, metadata
from feedhub.store.tables.accounts import login_attempt, role, user, user_role
from feedhub.store.tables.desk import idempotency, proposal, question, review
from feedhub.store.tables.log import (
    announcement,
    announcement_bits,
    announcement_term,
    instance,
    lease,
    outbox,
    publication,
    reminder,
)
from feedhub.store.tables.notices import (
    dated,
    notice,
    notice_bits,
    notice_term,
    notice_text,
    reference,
    revision,
    sighting,
)
from feedhub.store.tables.push import delivery, subscribe_request, subscription
from feedhub.store.tables.watching import authority, check, content, host, outage, snapshot, source

__all__ = [
    "Instant",
    "announcement",
    "announcement_bits",
    "announcement_term",
    "authority",
    "check",
    "content",
    "dated",
    "delivery",
    "host",
    "idempotency",
    "instance",
    "lease",
    "login_attempt",
    "metadata",
    "notice",
    "notice_bits",
    "notice_term",
    "notice_text",
    "outage",
    "outbox",
    "proposal",
    "publication",
    "question",
    "reference",
    "reminder",
    "review",
    "revision",
    "role",
    "sighting",
    "snapshot",
    "source",
    "subscribe_request",
    "subscription",
    "user",
    "user_role",
]
