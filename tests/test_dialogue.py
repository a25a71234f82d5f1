"""Questions are anonymous and public only with their answer; answers and lessons are announced; on both engines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from loopback import Clock
from receivers import MailServer
from sqlalchemy import inspect, select
from web_house import CITY, COUNTY, House, draft, open_house, send, token

from feedhub.errors import Conflict, InvalidInput, NotFound, TooMany
from feedhub.hub import Hub
from feedhub.hub.dialogue import WAITING
from feedhub.hub.shapes import Actor
from feedhub.model import Authority, Filter, Notice
from feedhub.store import catalogue
from feedhub.store.tables import metadata, question
from feedhub.web.accounts import add_user

BUYER, OTHER, CURATOR = Actor(1, "buyer", CITY), Actor(2, "buyer", COUNTY), Actor(3, "curator")
ASKED = "Does a list of the tier-one factories suffice?"


@pytest.fixture
def notice(each_hub: Hub) -> Notice:
    with each_hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
        catalogue.add_authority(tx, Authority(COUNTY, "County of Oak", "GB"))
    return each_hub.post(BUYER, draft())


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def test_a_question_waits_for_the_authority_and_curators_and_for_nobody_else(each_hub: Hub, notice: Notice) -> None:
    each_hub.ask_question(notice.id, ASKED)
    assert [a.question.text for a in each_hub.questions(BUYER)] == [ASKED]
    assert [a.notice.id for a in each_hub.questions(CURATOR)] == [notice.id]
    assert each_hub.questions(OTHER) == []
    (waiting,) = each_hub.questions(BUYER)
    for verb in (each_hub.question, each_hub.dismiss):
        with pytest.raises(NotFound):
            verb(OTHER, waiting.question.id)
    assert each_hub.notice(notice.id).questions == ()


def test_an_answer_makes_both_public_and_is_announced(each_hub: Hub, notice: Notice) -> None:
    each_hub.ask_question(notice.id, ASKED + " Asks Ann of Example Ltd.")
    (waiting,) = each_hub.questions(BUYER)
    each_hub.answer(BUYER, waiting.question.id, text=ASKED, said="Yes, for the first year.")
    (shown,) = each_hub.notice(notice.id).questions
    assert (shown.text, shown.answer, shown.answered) == (ASKED, "Yes, for the first year.", each_hub.now())
    newest = each_hub.recent(Filter(), 1)[0]
    assert newest.title == f"Question answered: {notice.title}"
    assert newest.changes == (f"Question: {ASKED}", "Answer: Yes, for the first year.")
    for address in ("/feeds/announcements.atom", f"/notices/{notice.id}.atom"):
        body = each_hub.render(address).body.decode()
        assert "Yes, for the first year." in body
        assert "Ann of Example" not in body
    assert each_hub.questions(BUYER) == []
    with pytest.raises(NotFound):
        each_hub.answer(BUYER, waiting.question.id, text=ASKED, said="Again.")


def test_a_dismissed_question_leaves_nothing(each_hub: Hub, notice: Notice) -> None:
    each_hub.ask_question(notice.id, ASKED)
    each_hub.dismiss(CURATOR, each_hub.questions(CURATOR)[0].question.id)
    with each_hub.store.reading() as tx:
        assert tx.execute(select(question)).all() == []


def test_the_same_question_waits_once_and_not_too_many_wait(each_hub: Hub, notice: Notice) -> None:
    for _ in range(3):
        each_hub.ask_question(notice.id, ASKED)
    assert len(each_hub.questions(BUYER)) == 1
    for number in range(WAITING - 1):
        each_hub.ask_question(notice.id, f"Question number {number}?")
    with pytest.raises(TooMany):
        each_hub.ask_question(notice.id, "One question more?")


def test_a_withdrawn_notice_takes_no_question_and_a_short_one_is_none(each_hub: Hub, notice: Notice) -> None:
    with pytest.raises(InvalidInput):
        each_hub.ask_question(notice.id, "Why?")
    each_hub.withdraw(BUYER, notice.id, reason="", base_revision=1)
    with pytest.raises(NotFound):
        each_hub.ask_question(notice.id, ASKED)


def test_two_answers_at_once_are_a_conflict(each_hub: Hub, notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedhub.hub import dialogue

    each_hub.ask_question(notice.id, ASKED)
    (waiting,) = each_hub.questions(BUYER)
    monkeypatch.setattr(dialogue.questions, "answer", lambda *_: False)
    with pytest.raises(Conflict):
        each_hub.answer(BUYER, waiting.question.id, text=ASKED, said="Yes.")


def test_the_authority_is_told_the_next_morning_and_only_once(open_hub, started, clock: Clock) -> None:
    with closing(MailServer()) as server:
        hub = open_hub(database_url=started("sqlite"), smtp_url=server.url)
        with hub.store.writing() as tx:
            catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
        add_user(hub, "buyer@elm.example", "buyer", CITY)
        add_user(hub, "curator@example.org", "curator")
        made = hub.post(BUYER, draft())
        hub.tell_questions()
        hub.ask_question(made.id, ASKED)
        assert hub.tell_questions() == 0
        clock.forward(hours=24)
        assert hub.tell_questions() == 1
        assert hub.tell_questions() == 0
        clock.forward(hours=24)
        assert hub.tell_questions() == 0
        (mail,) = server.mails
    assert mail["To"] == "buyer@elm.example"
    assert "1 question waits" in mail["Subject"]
    assert ASKED not in mail.as_string()


def test_questions_nobody_answers_are_forgotten_after_a_year(each_hub: Hub, notice: Notice, clock: Clock) -> None:
    each_hub.ask_question(notice.id, ASKED)
    clock.forward(days=367)
    each_hub.tell_questions()
    assert each_hub.questions(CURATOR) == []


def test_a_lesson_is_announced_once_and_stands_on_its_page_and_feed(house: House) -> None:
    buyer = house.buyer()
    fields = {"title": "Factory lists by model", "text": "Bidders could name them within twenty days.",
              "topics": "supply_chain_transparency", "key": "0000-aaaa"}  # fmt: skip
    for _ in range(2):
        assert send(buyer, "/desk/lessons/new", fields).status_code == 303
    page = house.text("/lessons")
    assert page.count("Factory lists by model") == 1
    assert "City of Elm" in page
    for address in ("/feeds/lessons.atom", "/feeds/announcements.atom", "/feeds/lessons.json"):
        assert house.text(address).count("Lesson: Factory lists by model") >= 1
    assert "Factory lists by model" in house.text("/lessons?topic=supply_chain_transparency&authority=" + CITY)
    assert "Factory lists by model" not in house.text("/lessons?topic=living_wage")
    assert "/lessons" in house.text("/feeds/lessons.atom")


def test_a_lesson_without_words_is_refused(house: House) -> None:
    answer = send(house.buyer(), "/desk/lessons/new", {"title": "x", "text": "short", "key": ""})
    assert answer.status_code == 400


def test_a_question_goes_its_way_by_the_pages(house: House) -> None:
    made = house.post()
    assert f'href="/notices/{made.id}/ask"' in house.text(f"/notices/{made.id}")
    asked = send(house.client(), f"/notices/{made.id}/ask", {"text": ASKED})
    assert asked.status_code == 200
    assert asked.headers["Cache-Control"] == "no-store"
    assert ASKED not in house.text(f"/notices/{made.id}")
    curator, buyer = house.signed_in("curator"), house.buyer()
    assert ASKED in curator.get("/desk/questions").get_data(as_text=True)
    place = f"/desk/questions/{house.hub.questions(BUYER)[0].question.id}"
    answered = send(buyer, place, {"text": ASKED, "answer": "Yes, <b>it</b> does."})
    assert answered.location == f"/notices/{made.id}#questions"
    page = house.text(f"/notices/{made.id}")
    assert ASKED in page
    assert "Yes, &lt;b&gt;it&lt;/b&gt; does." in page
    assert buyer.get(place).status_code == 404


def test_another_authority_finds_no_question(house: House) -> None:
    made = house.post()
    house.hub.ask_question(made.id, ASKED)
    place = f"/desk/questions/{house.hub.questions(BUYER)[0].question.id}"
    assert house.buyer(COUNTY).get(place).status_code == 404


def test_a_program_that_fills_the_trap_is_thanked_and_not_heard(house: House) -> None:
    made = house.post()
    answer = send(house.client(), f"/notices/{made.id}/ask", {"text": ASKED, "site": "https://spam.example"})
    assert answer.status_code == 200
    assert house.hub.questions(CURATOR) == []


def test_too_many_questions_from_one_address_are_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedhub.web import dialogue, security

    monkeypatch.setattr(dialogue, "_limit", security.Limiter(2, 3600))
    made, client = house.post(), house.client()
    answers = [send(client, f"/notices/{made.id}/ask", {"text": f"{ASKED} {n}"}).status_code for n in range(3)]
    assert answers == [200, 200, 429]


def test_a_question_without_the_pages_proof_is_refused(house: House) -> None:
    made = house.post()
    assert house.client().post(f"/notices/{made.id}/ask", data={"text": ASKED}).status_code == 400
    assert house.hub.questions(CURATOR) == []


def test_nothing_that_is_kept_tells_who_asked_or_at_what_hour(
    house: House, caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    """Fault W12: every table is compared before and after; the question's own row holds a day."""
    made = house.post()
    who = {"REMOTE_ADDR": "198.51.100.77", "HTTP_USER_AGENT": "Recognisable/1.0", "HTTP_REFERER": "https://me.example"}
    before = _everything(house.hub)
    clock.forward(hours=3, minutes=17)
    with caplog.at_level(logging.DEBUG):
        client = house.client()
        page = client.get(f"/notices/{made.id}/ask", environ_overrides=who)
        data = {"csrf_token": token(page), "text": ASKED}
        assert client.post(f"/notices/{made.id}/ask", data=data, environ_overrides=who).status_code == 200
    after = _everything(house.hub)
    assert {name for name in after if after[name] != before[name]} == {"question"}
    (row,) = after["question"]
    assert (row["text"], row["asked"], row["by"]) == (ASKED, house.hub.today(), "")
    for word in ("198.51.100.77", "Recognisable", "me.example"):
        assert word not in repr(after)
        assert word not in caplog.text
    assert not any(hasattr(value, "hour") for value in row.values())


def _everything(hub: Hub) -> dict[str, list[dict[str, object]]]:
    with hub.store.reading() as tx:
        there = set(inspect(tx).get_table_names())
        return {
            t.name: [dict(r._mapping) for r in tx.execute(select(t))] for t in metadata.sorted_tables if t.name in there
        }
