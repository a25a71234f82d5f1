"""A text of its own for each notice with an index of trigrams, and questions to notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedhub.store.tables import Instant

revision = "0002"
down_revision = "0001"

#: FTS5 index → the table and columns whose texts it holds; triggers keep it equal to them.
_FTS = {"notice_fts": ("notice_text", "number", "text"), "announcement_fts": ("announcement", "seq", "search")}


def upgrade() -> None:
    """Move the folded texts beside the notices, index them, and make the table of questions."""
    op.create_table(
        "notice_text",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_text_notice_id_notice")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice_text")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notice_text_notice_id")),
    )
    # Titles come when a notice is next indexed; until then its text alone decides whether it is found.
    op.execute("INSERT INTO notice_text (notice_id, title, text) SELECT id, '', ' ' || search || ' ' FROM notice")
    op.drop_column("notice", "search")
    op.execute("UPDATE announcement SET search = ' ' || search || ' '")
    if op.get_bind().dialect.name == "sqlite":
        for index, (table, number, column) in _FTS.items():
            _index(index, table, number, column)
    op.create_table(
        "question",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("told", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered", Instant(), nullable=True),
        sa.Column("by", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_question_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_question_fingerprint")),
    )
    op.create_index("ix_question_notice", "question", ["notice_id", "answered"], unique=False)
    op.create_index("ix_question_told", "question", ["told"], unique=False)


def _index(index: str, table: str, number: str, column: str) -> None:
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5("
        f"{column}, content='{table}', content_rowid='{number}', tokenize='trigram case_sensitive 1')"
    )
    put = f"INSERT INTO {index}(rowid, {column}) VALUES (new.{number}, new.{column});"
    drop = f"INSERT INTO {index}({index}, rowid, {column}) VALUES ('delete', old.{number}, old.{column});"
    op.execute(f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {put} END")
    op.execute(f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {drop} END")
    op.execute(f"CREATE TRIGGER {index}_update AFTER UPDATE OF {column} ON {table} BEGIN {drop} {put} END")
    op.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
