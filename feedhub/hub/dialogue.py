"""Questions to notices and their answers, and lessons that buyers share. Who asked is kept nowhere (fault W12).

A question has a day and no hour, its id is random, and the authority hears of it with the next morning's mail: neither
the database, nor a log, nor the moment of a message leads to a visitor. It is public once it is answered.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from feedhub import push
from feedhub.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from feedhub.hub.deliveries import Deliveries
from feedhub.hub.record import Recorder
from feedhub.hub.shapes import Actor
from feedhub.hub.terms import words
from feedhub.model import Announcement, AnnouncementKind, Authority, Filter, Notice
from feedhub.publish import mail
from feedhub.store import Tx, catalogue, desk, log, notices, questions
from feedhub.store.questions import Question
from feedhub.text import clean_lines, fold

#: Questions to one notice that wait at a time, characters of a question and of an answer, days that one may wait.
WAITING, QUESTION, ANSWER, KEPT_DAYS = 30, 1000, 4000, 365
#: The hour of the day, in Brussels, from which authorities are told of yesterday's questions.
TOLD_AT = 8
_log = logging.getLogger("feedhub.dialogue")


@dataclass(frozen=True)
class Asked:
    """A question that waits, with its notice and authority."""

    question: Question
    notice: Notice
    authority: Authority


class Dialogue(Deliveries):
    """The verbs of asking, answering and sharing."""

    def ask_question(self, notice_id: str, text: str) -> None:
        """Keep a question without a trace of who asked. Raises NotFound, InvalidInput, or TooMany when too many wait."""
        said = clean_lines(text)
        if not 10 <= len(said) <= QUESTION:
            problem = f"Write 10 to {QUESTION} characters."
            raise InvalidInput("The question cannot be sent yet.", {"text": problem})
        today = self.today()
        mark = hashlib.sha256(f"{notice_id} {fold(said)}".encode()).hexdigest()
        with self.store.writing() as tx:
            notice = notices.get(tx, notice_id)
            if notice is None or not notice.live:
                raise NotFound("Questions can be asked only to a notice that is here and not withdrawn.")
            if questions.count_waiting(tx, notice_id) >= WAITING:
                raise TooMany("Many questions to this notice wait already; please ask again when some are answered.")
            questions.put(tx, secrets.token_hex(8), notice_id, said, today, mark)

    def count_questions(self, actor: Actor) -> int:
        """How many questions wait for this account."""
        with self.store.reading() as tx:
            return questions.count_open(tx, None if _curates(actor) else actor.authority_id)

    def questions(self, actor: Actor, *, page: int = 1, per_page: int = 50) -> list[Asked]:
        """A page of what waits for this account: questions to its authority's notices; to all for curators."""
        with self.store.reading() as tx:
            whose = None if _curates(actor) else actor.authority_id
            found = questions.waiting(tx, whose, limit=per_page, offset=(page - 1) * per_page)
            known = notices.many(tx, sorted({q.notice_id for q in found}))
            return [self._asked(tx, q, known[q.notice_id]) for q in found]

    def question(self, actor: Actor, question_id: str) -> Asked:
        """One question that waits for this account; raises NotFound."""
        with self.store.reading() as tx:
            return self._own_question(tx, actor, question_id)

    def answer(self, actor: Actor, question_id: str, *, text: str, said: str) -> Notice:
        """Publish a question, in the words given here, with its answer; the log announces it."""
        asked, answered = clean_lines(text), clean_lines(said)
        problems = {}
        if not 10 <= len(asked) <= QUESTION:
            problems["text"] = f"Write 10 to {QUESTION} characters."
        if not 2 <= len(answered) <= ANSWER:
            problems["answer"] = f"Write up to {ANSWER} characters."
        if problems:
            raise InvalidInput("The answer cannot be published yet.", problems)
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            own = self._own_question(tx, actor, question_id)
            if not questions.answer(tx, question_id, asked, answered, f"user:{actor.user_id}", now):
                raise Conflict("Somebody else answered this question first.")
            words = (f"Question: {asked}", f"Answer: {answered}")
            recorder.announce(AnnouncementKind.ANSWER, own.notice, own.authority, changes=words)
            recorder.publish()
        return own.notice

    def dismiss(self, actor: Actor, question_id: str) -> None:
        """Forget a question that will not be answered; nothing of it stays."""
        with self.store.writing() as tx:
            self._own_question(tx, actor, question_id)
            questions.erase(tx, question_id)

    def _own_question(self, tx: Tx, actor: Actor, question_id: str) -> Asked:
        found = questions.get(tx, question_id)
        notice = notices.get(tx, found.notice_id) if found and found.answered is None else None
        if found is None or notice is None or not (_curates(actor) or notice.authority_id == actor.authority_id):
            raise NotFound("There is no such question to your authority.")
        return self._asked(tx, found, notice)

    def _asked(self, tx: Tx, question: Question, notice: Notice) -> Asked:
        return Asked(question, notice, self.authority_of(tx, notice.authority_id))

    def tell_questions(self) -> int:
        """Once a day, mail each authority's accounts how many questions of the days before wait; the mails sent.

        They speak the first language of the authority in which mails are written.
        """
        now, today = self.now(), self.today()
        if now.astimezone(ZoneInfo("Europe/Brussels")).hour < TOLD_AT:
            return 0
        with self.store.writing() as tx:
            if catalogue.get_value(tx, "questions") == today.isoformat():
                return 0
            catalogue.put_value(tx, "questions", today.isoformat())
            questions.erase_old(tx, today - timedelta(days=KEPT_DAYS))
            post = self.post_office
            if post is None:
                return 0
            waiting = [
                (a, n, questions.addresses(tx, a), mail.spoken(self.authority_of(tx, a).languages))
                for a, n in questions.untold(tx, today).items()
            ]
            for authority_id, _, addresses, _ in waiting:
                if addresses:
                    questions.put_told(tx, authority_id, today, today)
        sent = 0
        for authority_id, number, addresses, language in waiting:
            for address in addresses:
                mark = f"questions.{today}.{authority_id}"
                envelope = mail.Envelope(self.instance, post.sender, address, mark, language=language)
                result = push.send_mail(post, mail.questions(envelope, number, now))
                sent += result.ok
                if not result.ok:
                    _log.warning("A mail about questions to %s was not sent: %s", authority_id, result.said)
        return sent

    # -- lessons

    def post_lesson(
        self, actor: Actor, *, title: str, text: str, topics: Sequence[str], authority_id: str = "", key: str = ""
    ) -> None:
        """Announce what worked or did not, for other buyers; the same `key` sent twice announces it once."""
        if actor.role not in ("buyer", "curator", "admin"):
            raise NotAllowed("Only buyers and curators can share a lesson.")
        head, body = clean_lines(title), clean_lines(text)
        problems = {}
        if not 3 <= len(head) <= 180 or "\n" in head:
            problems["title"] = "Say in one line what was learned, in at most 180 characters."
        if not 20 <= len(body) <= 2000:
            problems["text"] = "Write 20 to 2000 characters."
        if problems:
            raise InvalidInput("The lesson cannot be published yet.", problems)
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"user:{actor.user_id}")
            if key and desk.take_key(tx, key, "", now):
                return
            if key:
                desk.bind_key(tx, key, "lesson")
            known = [t for t in dict.fromkeys(topics) if t in self.taxonomy.topics]
            own = authority_id if _curates(actor) else actor.authority_id
            recorder.lesson(head, body, known, self.authority_of(tx, own) if own else None)
            recorder.publish()

    def lessons(self, f: Filter, *, page: int = 1, per_page: int = 25) -> tuple[list[Announcement], int, int]:
        """One page of lessons, newest first, the page and the number of pages."""
        with self.store.reading() as tx:
            found = log.meeting(tx, f, words(f), kind=AnnouncementKind.LESSON.value)
            pages = max(1, -(-found.total // per_page))
            page = min(page, pages)
            newest = found.newest(page * per_page)[(page - 1) * per_page :]
            return log.states(tx, newest), page, pages


def _curates(actor: Actor) -> bool:
    return actor.role in ("curator", "admin")
