"""Questions to notices: kept without a name and without an hour, public once they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update

from feedhub.store._sql import insert_new
from feedhub.store.tables import notice, question, role, user, user_role


@dataclass(frozen=True)
class Question:
    """One question: `asked` is a day; `answered` is None while it waits."""

    id: str
    notice_id: str
    asked: date
    text: str
    answer: str = ""
    answered: datetime | None = None


def put(connection: Connection, question_id: str, notice_id: str, text: str, asked: date, fingerprint: str) -> bool:
    """Keep a question; False when the same one waits already."""
    row = {"id": question_id, "notice_id": notice_id, "text": text, "asked": asked, "fingerprint": fingerprint}
    return bool(insert_new(connection, question, [row]))


def get(connection: Connection, question_id: str) -> Question | None:
    """One question, or None."""
    row = connection.execute(select(question).where(question.c.id == question_id)).first()
    return _shape(row) if row else None


def waiting(
    connection: Connection, authority_id: str | None = None, *, limit: int | None = None, offset: int = 0
) -> list[Question]:
    """Questions without an answer, oldest day first; only those to one authority's notices when it is given.

    Within a day they stand in the order of their random ids: who came first is nobody's business.
    """
    query = _open(select(question), authority_id).order_by(question.c.asked, question.c.id)
    return [_shape(r) for r in connection.execute(query.limit(limit).offset(offset))]


def count_open(connection: Connection, authority_id: str | None = None) -> int:
    """How many questions `waiting` has."""
    count: int = connection.execute(_open(select(func.count(question.c.id)), authority_id)).scalar_one()
    return count


def _open(query: Select[Any], authority_id: str | None) -> Select[Any]:
    query = query.where(question.c.answered.is_(None))
    if authority_id is None:
        return query
    return query.join(notice, notice.c.id == question.c.notice_id).where(notice.c.authority_id == authority_id)


def count_waiting(connection: Connection, notice_id: str) -> int:
    """How many questions to a notice wait."""
    query = select(func.count()).select_from(question)
    return connection.execute(
        query.where(question.c.notice_id == notice_id, question.c.answered.is_(None))
    ).scalar_one()


def answered(connection: Connection, notice_id: str) -> list[Question]:
    """The answered questions to a notice, newest answer first."""
    query = select(question).where(question.c.notice_id == notice_id, question.c.answered.is_not(None))
    return [_shape(r) for r in connection.execute(query.order_by(question.c.answered.desc(), question.c.id))]


def answer(connection: Connection, question_id: str, text: str, said: str, by: str, at: datetime) -> bool:
    """Answer a question, in the words in which it is published; False when it was answered already."""
    values = {"text": text, "answer": said, "by": by, "answered": at}
    waits = (question.c.id == question_id, question.c.answered.is_(None))
    return bool(connection.execute(update(question).where(*waits).values(**values)).rowcount)


def erase(connection: Connection, question_id: str) -> bool:
    """Forget a question that waits; False when there is none."""
    waits = (question.c.id == question_id, question.c.answered.is_(None))
    return bool(connection.execute(delete(question).where(*waits)).rowcount)


def erase_old(connection: Connection, before: date) -> int:
    """Forget questions that nobody answered since before a day."""
    old = (question.c.asked < before, question.c.answered.is_(None))
    return connection.execute(delete(question).where(*old)).rowcount


def untold(connection: Connection, before: date) -> dict[str, int]:
    """Authority → how many questions that were asked before a day its accounts were not told of yet."""
    query = select(notice.c.authority_id, func.count()).join(question, question.c.notice_id == notice.c.id)
    query = query.where(question.c.told.is_(None), question.c.answered.is_(None), question.c.asked < before)
    return {r[0]: r[1] for r in connection.execute(query.group_by(notice.c.authority_id))}


def put_told(connection: Connection, authority_id: str, before: date, day: date) -> None:
    """Note that an authority's accounts were told of what was asked before a day."""
    own = select(notice.c.id).where(notice.c.authority_id == authority_id)
    connection.execute(
        update(question)
        .where(question.c.told.is_(None), question.c.asked < before, question.c.notice_id.in_(own))
        .values(told=day)
    )


def addresses(connection: Connection, authority_id: str) -> list[str]:
    """The e-mail addresses of an authority's active buyers."""
    query = (
        select(user.c.email)
        .join(user_role, user_role.c.user_id == user.c.id)
        .join(role, role.c.id == user_role.c.role_id)
        .where(user.c.authority_id == authority_id, user.c.active.is_(True), role.c.name == "buyer")
        .order_by(user.c.id)
    )
    return list(connection.execute(query).scalars())


def _shape(row: object) -> Question:
    return Question(row.id, row.notice_id, row.asked, row.text, row.answer, row.answered)  # type: ignore[attr-defined]
