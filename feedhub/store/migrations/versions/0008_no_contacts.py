"""Nobody's name is kept: the table of contacts, into which nothing was ever written, goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Drop the table; whom to ask is what an authority's declaration says."""
    op.drop_table("contact")


def downgrade() -> None:
    """Make it again, empty as it was."""
    op.create_table(
        "contact",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
