"""Dates as they stand in calendars: yearly ones with a row for each of their next turns, and the month to count by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Move the dates; `Hub.open` then fills in what only meaning can tell (turns, titles, proofs)."""
    op.create_table(
        "dated",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        sa.Column("recurs", sa.String(length=60), server_default="", nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_dated_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "id", "turn", name=op.f("pk_dated")),
    )
    year, month = ("strftime('%Y', first)", "strftime('%m', first)")
    if op.get_bind().dialect.name == "postgresql":
        year, month = "extract(year from first)", "extract(month from first)"
    op.execute(
        "INSERT INTO dated (notice_id, id, turn, kind, status, living, recurs, first, last, month) "
        "SELECT notice_id, id, CASE WHEN recurs = '' THEN 0 ELSE 1 END, kind, status, living, recurs, first, last, "
        f"CAST({year} AS INTEGER) * 12 + CAST({month} AS INTEGER) - 1 FROM milestone"
    )
    op.drop_table("milestone")
    op.create_index("ix_dated_days", "dated", ["living", "first", "last"], unique=False)
    # SQLite looked through all values of a name for each notice: 23 seconds for a picture of 10,000 notices.
    op.create_index("ix_notice_term_of", "notice_term", ["notice_id", "name", "value"], unique=False)
    op.drop_index("ix_notice_term_notice", "notice_term")
