"""The language in which a subscriber by e-mail asked; "" for those who asked before it was kept, who read English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("subscription", sa.Column("language", sa.String(length=10), server_default="", nullable=False))
