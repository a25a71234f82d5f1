"""The tables of push: subscriptions, what is owed to them, who asked how often."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from feedhub.store.tables._columns import Instant, metadata, number_column, text_column

#: Who wants to be told: a WebSub callback, a webhook, an e-mail address, or an outside WebSub hub.
#: `errand` is a question that must be put to the target before anything changes (verification of intent, opt-in).
subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("key", String(64), nullable=False, unique=True),
    Column("target", Text, nullable=False),
    Column("target_digest", String(64), nullable=False),
    Column("host", String(270), nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
    Column("query", Text, nullable=False, server_default=""),
    text_column("rhythm", 10),
    text_column("language", 10),
    text_column("secret", 200),
    Column("mark", String(32), nullable=False),
    Column("asked", Instant, nullable=False),
    Column("since_seq", Integer, nullable=False, server_default="0"),
    Column("expires", Instant),
    text_column("errand", 12),
    text_column("errand_value", 200),
    number_column("errand_lease"),
    Column("sent_etag", String(64), nullable=False, server_default=""),
    Column("last_good", Instant),
    Column("failing_since", Instant),
    number_column("failures"),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("next_try", Instant),
    Column("claimed", Instant),
    text_column("claim", 32),
    Column("ended", Instant),
    text_column("why", 20),
    Index("ix_subscription_state", "state", "kind"),
    Index("ix_subscription_errand", "errand"),
    Index("ix_subscription_host", "host", "kind"),
    Index("ix_subscription_target", "target_digest", "kind"),
)

#: One announcement owed to one subscription; the pair is unique, so that nothing is owed twice.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscription_id", Integer, ForeignKey("subscription.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("made", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    number_column("attempts"),
    Column("done", Instant),
    UniqueConstraint("subscription_id", "seq"),
    Index("ix_delivery_due", "state", "due"),
    Index("ix_delivery_seq", "seq"),
)

#: Requests to subscribe, by a keyed hash of who asked; kept for a day to count them.
subscribe_request = Table(
    "subscribe_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(64), nullable=False),
    Index("ix_subscribe_request_who", "who", "at"),
)
