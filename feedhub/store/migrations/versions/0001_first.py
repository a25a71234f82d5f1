"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedhub.store.tables import Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "announcement",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("instant", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("notice_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_announcement")),
        sa.UniqueConstraint("instant", name=op.f("uq_announcement_instant")),
    )
    op.create_index("ix_announcement_notice", "announcement", ["notice_id"], unique=False)
    op.create_table(
        "authority",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=8), server_default="", nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("declared", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
    )
    op.create_table(
        "checked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("ms", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checked")),
    )
    op.create_index("ix_checked_source", "checked", ["source_id", "at"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_table(
        "content",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_content")),
    )
    op.create_table(
        "host",
        sa.Column("name", sa.String(length=260), nullable=False),
        sa.Column("free_at", Instant(), nullable=True),
        sa.Column("open_until", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_host")),
    )
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "instance",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_instance")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_who", "login_attempt", ["who", "at"], unique=False)
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("began", Instant(), nullable=False),
        sa.Column("ended", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("good", sa.Integer(), server_default="0", nullable=False),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_index("ix_outage_began", "outage", ["began"], unique=False)
    op.create_index("ix_outage_source", "outage", ["source_id", "ended"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("written", Instant(), nullable=False),
        sa.Column("done", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("seq", "channel", name=op.f("uq_outbox_seq_channel")),
    )
    op.create_index("ix_outbox_done", "outbox", ["done"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("instant", Instant(), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("notice_id", sa.String(length=40), server_default="", nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("resolved", Instant(), nullable=True),
        sa.Column("decision", sa.String(length=20), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_fingerprint", "review", ["fingerprint"], unique=False)
    op.create_index("ix_review_open", "review", ["resolved", "at"], unique=False)
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "subscribe_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribe_request")),
    )
    op.create_index("ix_subscribe_request_who", "subscribe_request", ["who", "at"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_digest", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=270), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("rhythm", sa.String(length=10), server_default="", nullable=False),
        sa.Column("secret", sa.String(length=200), server_default="", nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("asked", Instant(), nullable=False),
        sa.Column("since_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires", Instant(), nullable=True),
        sa.Column("errand", sa.String(length=12), server_default="", nullable=False),
        sa.Column("errand_value", sa.String(length=200), server_default="", nullable=False),
        sa.Column("errand_lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_etag", sa.String(length=64), server_default="", nullable=False),
        sa.Column("last_good", Instant(), nullable=True),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("next_try", Instant(), nullable=True),
        sa.Column("claimed", Instant(), nullable=True),
        sa.Column("claim", sa.String(length=32), server_default="", nullable=False),
        sa.Column("ended", Instant(), nullable=True),
        sa.Column("why", sa.String(length=20), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("key", name=op.f("uq_subscription_key")),
    )
    op.create_index("ix_subscription_errand", "subscription", ["errand"], unique=False)
    op.create_index("ix_subscription_host", "subscription", ["host", "kind"], unique=False)
    op.create_index("ix_subscription_state", "subscription", ["state", "kind"], unique=False)
    op.create_index("ix_subscription_target", "subscription", ["target_digest", "kind"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("authority_id", sa.String(length=200), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("last_login_at", Instant(), nullable=True),
        sa.Column("current_login_at", Instant(), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("created_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "announcement_term",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["announcement.seq"], name=op.f("fk_announcement_term_seq_announcement")),
        sa.PrimaryKeyConstraint("name", "value", "seq", name=op.f("pk_announcement_term")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made", Instant(), nullable=False),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_delivery_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("subscription_id", "seq", name=op.f("uq_delivery_subscription_id_seq")),
    )
    op.create_index("ix_delivery_due", "delivery", ["state", "due"], unique=False)
    op.create_index("ix_delivery_seq", "delivery", ["seq"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("authority_id", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_recorded", Instant(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("confirmed", Instant(), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_notice_authority_id_authority")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_authority", "notice", ["authority_id", "live"], unique=False)
    op.create_index("ix_notice_next", "notice", ["live", "next_day"], unique=False)
    op.create_index("ix_notice_source", "notice", ["source_id"], unique=False)
    op.create_index("ix_notice_updated", "notice", ["updated"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("charset", sa.String(length=60), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["content.digest"], name=op.f("fk_snapshot_digest_content")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    op.create_index("ix_snapshot_source", "snapshot", ["source_id", "at"], unique=False)
    op.create_table(
        "source",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("authority_id", sa.String(length=200), nullable=False),
        sa.Column("declared", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("overlay", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("base_digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("overlay_base", sa.String(length=64), server_default="", nullable=False),
        sa.Column("overlay_at", Instant(), nullable=True),
        sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("suspended_why", sa.Text(), server_default="", nullable=False),
        sa.Column("last_checked", Instant(), nullable=True),
        sa.Column("last_good", Instant(), nullable=True),
        sa.Column("first_good", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=40), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("next_due", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.String(length=100), server_default="", nullable=False),
        sa.Column("validated", Instant(), nullable=True),
        sa.Column("digest", sa.String(length=64), server_default="", nullable=False),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("failing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_source_authority_id_authority")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index("ix_source_due", "source", ["suspended", "next_due"], unique=False)
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_user_role_role_id_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_role")),
    )
    op.create_table(
        "milestone",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        sa.Column("recurs", sa.String(length=60), server_default="", nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_milestone_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "id", name=op.f("pk_milestone")),
    )
    op.create_index("ix_milestone_days", "milestone", ["living", "first", "last"], unique=False)
    op.create_table(
        "notice_term",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_term_notice_id_notice")),
        sa.PrimaryKeyConstraint("name", "value", "notice_id", name=op.f("pk_notice_term")),
    )
    op.create_index("ix_notice_term_notice", "notice_term", ["notice_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("other_id", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("decision", sa.String(length=20), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_proposal_notice_id_notice")),
        sa.ForeignKeyConstraint(["other_id"], ["notice.id"], name=op.f("fk_proposal_other_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("notice_id", "other_id", name=op.f("uq_proposal_notice_id_other_id")),
    )
    op.create_table(
        "reference",
        sa.Column("ref", sa.String(length=400), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_reference_notice_id_notice")),
        sa.PrimaryKeyConstraint("ref", "notice_id", name=op.f("pk_reference")),
    )
    op.create_index("ix_reference_notice", "reference", ["notice_id"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("milestone_id", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_reminder_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "milestone_id", "day", "days_before", name=op.f("pk_reminder")),
    )
    op.create_table(
        "revision",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("instant", Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_revision_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "number", name=op.f("pk_revision")),
    )
    op.create_table(
        "sighting",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("absences", sa.Integer(), server_default="0", nullable=False),
        sa.Column("anchor", sa.Text(), server_default="", nullable=False),
        sa.Column("missing", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_sighting_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "source_id", name=op.f("pk_sighting")),
    )
    op.create_index("ix_sighting_source", "sighting", ["source_id"], unique=False)
