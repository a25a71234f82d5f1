"""Full-text search: what `q` finds, the same on both engines. Knows pieces of folded text, never what they mean.

A text matches when it contains every piece. SQLite looks pieces up in a trigram index (FTS5), PostgreSQL in one of
pg_trgm: both only find sooner what the plain comparison finds, so that the engines cannot differ. Where pg_trgm may not
be installed PostgreSQL compares text by text: slower, and the same. A piece has at least three characters; pieces begin
with a space where a word must begin, so texts begin and end with one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Text,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from feedhub.store.tables import announcement, notice, notice_text

#: Shorter pieces stand in no trigram index.
SHORTEST = 3
_log = logging.getLogger("feedhub.store")


class _Contains(FunctionElement[bool]):
    """`(row number, text, FTS5 expression, LIKE pattern)`: whether the text contains the pieces."""

    type = Boolean()
    inherit_cache = True
    name = "contains"


class _NoticeContains(_Contains):
    inherit_cache = True
    index = "notice_fts"


class _AnnouncementContains(_Contains):
    inherit_cache = True
    index = "announcement_fts"


@compiles(_Contains, "sqlite")
def _in_fts5(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    number, _, wanted, *_ = element.clauses
    said = compiler.process(wanted, **more)
    index = element.index
    return f"{compiler.process(number, **more)} IN (SELECT rowid FROM {index} WHERE {index} MATCH {said})"  # noqa: S608


@compiles(_Contains, "postgresql")
def _like(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    _, column, _, *patterns = element.clauses
    shown = compiler.process(column, **more)
    return "(" + " AND ".join(f"{shown} LIKE {compiler.process(p, **more)}" for p in patterns) + ")"


def in_notices(pieces: Sequence[str]) -> ColumnElement[bool]:
    """Notices whose text contains every piece; `pieces` is not empty."""
    found = _NoticeContains(notice_text.c.number, notice_text.c.text, *_spelled(pieces))
    return notice.c.id.in_(select(notice_text.c.notice_id).where(found))


def notice_numbers(connection: Connection, pieces: Sequence[str]) -> list[int]:
    """The numbers of notices whose text contains every piece; `pieces` is not empty."""
    found = _NoticeContains(notice_text.c.number, notice_text.c.text, *_spelled(pieces))
    return list(connection.execute(select(notice_text.c.number).where(found)).scalars())


def announcement_numbers(connection: Connection, pieces: Sequence[str], after: int) -> list[int]:
    """The numbers beyond `after` of announcements whose text contains every piece; `pieces` is not empty."""
    wanted, *_ = _spelled(pieces)
    query: Any = select(announcement.c.seq).where(announcement.c.seq > after, in_announcements(pieces))
    if connection.dialect.name == "sqlite":  # which would look through the whole index and then cut
        index = table("announcement_fts", column("rowid"))
        met = literal_column("announcement_fts").op("MATCH")(wanted)
        query = select(index.c.rowid).where(met, index.c.rowid > after)
    return list(connection.execute(query).scalars())


def in_announcements(pieces: Sequence[str]) -> ColumnElement[bool]:
    """Announcements whose text contains every piece; `pieces` is not empty."""
    return _AnnouncementContains(announcement.c.seq, announcement.c.search, *_spelled(pieces))


def in_title(pieces: Sequence[str]) -> ColumnElement[bool]:
    """Whether the title of a notice contains every piece, so that it can stand first."""
    title = select(notice_text.c.title).where(notice_text.c.notice_id == notice.c.id).scalar_subquery()
    # `replace` is the one look into a text that both engines spell alike.
    return and_(*(func.replace(title, p, "") != title for p in pieces))


def _spelled(pieces: Sequence[str]) -> list[Any]:
    """The pieces as an expression of FTS5, where each is a string in quotes, and as patterns of LIKE."""
    wanted = " AND ".join('"' + p.replace('"', '""') + '"' for p in pieces)
    patterns = [p.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") for p in pieces]
    return [literal(wanted, Text), *(literal(f"%{p}%", Text) for p in patterns)]


_INDEXES = {"ix_notice_text_trigrams": ("notice_text", "text"), "ix_announcement_trigrams": ("announcement", "search")}


def is_indexed(connection: Connection) -> bool:
    """Whether searching is quick here: always on SQLite, on PostgreSQL with pg_trgm."""
    if connection.dialect.name != "postgresql":
        return True
    return all(connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() for name in _INDEXES)


def make_indexes(connection: Connection) -> None:
    """Make PostgreSQL's indexes where pg_trgm may be used and they do not stand yet; asked at every start."""
    if is_indexed(connection):
        return
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            for name, (of, said) in _INDEXES.items():
                connection.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {of} USING gin ({said} gin_trgm_ops)"))
    except DBAPIError as error:
        _log.warning("Searching reads every text: pg_trgm cannot be used in this database (%s).", error.orig)
