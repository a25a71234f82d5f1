"""One bit a notice for every value that can be asked for, as the log has them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedhub.store import bits
from feedhub.store.tables import notice, notice_bits, notice_term, notice_text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table and fill it from what notices are found by."""
    op.create_table(
        "notice_bits",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "value", "page", name=op.f("pk_notice_bits")),
    )
    connection = op.get_bind()
    numbers: dict[tuple[str, str], list[int]] = {}
    leads = sa.select(notice_text.c.number, notice.c.lead_days).join(notice, notice.c.id == notice_text.c.notice_id)
    for number, lead_days in connection.execute(leads):
        for fact in bits.facts_of_notice({}, lead_days):
            numbers.setdefault(fact, []).append(number)
    terms = sa.select(notice_term.c.name, notice_term.c.value, notice_text.c.number).join(
        notice_text, notice_text.c.notice_id == notice_term.c.notice_id
    )
    for name, value, number in connection.execute(terms):
        numbers.setdefault((name, value), []).append(number)
    for (name, value), found in numbers.items():
        pages = {(name, value, page): some for page, some in bits.pages_of(found).items()}
        bits.write(connection, pages, notice_bits)
