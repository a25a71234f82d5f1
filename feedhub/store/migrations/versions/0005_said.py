"""A digest of what the last good reading of a source said, so that a page which only looks different is passed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; it is filled by the next reading."""
    op.add_column("source", sa.Column("said", sa.String(length=64), server_default="", nullable=False))
