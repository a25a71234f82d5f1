"""One bit an announcement for every value that can be asked for, and what lists of notices are sorted and found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedhub.store import bits
from feedhub.store.tables import announcement, announcement_term

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table and fill it from the log."""
    op.create_table(
        "announcement_bits",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "value", "page", name=op.f("pk_announcement_bits")),
    )
    connection = op.get_bind()
    seqs: dict[tuple[str, str], list[int]] = {}
    said = sa.select(announcement.c.seq, announcement.c.kind, announcement.c.lead_days)
    for seq, kind, lead_days in connection.execute(said):
        for fact in bits.facts(kind, {}, lead_days):
            seqs.setdefault(fact, []).append(seq)
    terms = sa.select(announcement_term.c.name, announcement_term.c.value, announcement_term.c.seq)
    for name, value, seq in connection.execute(terms):
        seqs.setdefault((name, value), []).append(seq)
    for (name, value), numbers in seqs.items():
        bits.write(connection, {(name, value, page): found for page, found in bits.pages_of(numbers).items()})
