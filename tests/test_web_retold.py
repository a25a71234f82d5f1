"""The log's English sentences as pages retell them in the reader's language; what is not understood stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from test_web_translations import OTHERS
from web_house import CITY, House, draft, milestone, open_house

from feedhub.changes import wording
from feedhub.hub.shapes import Actor
from feedhub.model import Clause, MilestoneKind, Precision, Stage, When
from feedhub.web.retold import retold

OPENS = milestone("consultation_opens", date(2027, 1, 20))
NAMED = replace(OPENS, subject="Lot 2: displays (all)")
QUARTER, HALF = When(date(2027, 7, 1), Precision.QUARTER), When(date(2027, 7, 1), Precision.HALF)
(ASKED,) = draft().requirements
SENTENCES = (
    *(wording.moved(milestone(kind.value, date(2027, 3, 1)), QUARTER, HALF) for kind in MilestoneKind),
    *(wording.added_date(m) for m in (OPENS, NAMED, replace(OPENS, when=When(date(2027, 1, 1), Precision.YEAR)))),
    *(wording.confirmed_date(OPENS), wording.dropped_date(NAMED), wording.other_date(OPENS, When(date(2027, 2, 1)))),
    *(f(replace(ASKED, clause=clause)) for f in (wording.added, wording.dropped) for clause in Clause),
    wording.clause_changed(ASKED, replace(ASKED, clause=Clause.AWARD_CRITERION)),
    wording.threshold_changed(ASKED, replace(ASKED, threshold="above 1 million")),
    *(wording.stage(Stage.PLANNED, stage) for stage in Stage),
    *("Wording changed.", "Wording of the notice changed.", "Details read anew.", "Stated by another page now."),
    *("The next turn of a yearly duty.", "First recorded.", "The authority's page no longer states it."),
    *("Withdrawn by the authority.", "Withdrawn by the authority: No budget."),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = open_house(tmp_path_factory.mktemp("house"))
    yield made
    made.hub.close()


REFUSED = (
    *(
        "/notices?topic=nonsense",
        "/notices?from=never",
        "/notices?lead_days_min=many",
        "/notices?from=2027-01-01&from=2027",
    ),
    *(
        "/notices/nothing",
        "/authorities/nothing",
        "/notices/nothing/revisions/2",
        "/evidence/nothing",
        "/topics/nothing",
    ),
    *("/subscribe/confirm/nothing", "/notices?q=" + "x" * 201, "/notices?page=x", "/nothing"),
)


@pytest.mark.parametrize("address", REFUSED)
def test_a_refusal_of_a_public_page_speaks_the_language_of_the_page(house: House, address: str) -> None:
    for code in OTHERS:
        answer = house.get(address, headers={"Accept-Language": code})
        assert answer.status_code in (400, 404)
        page = answer.get_data(as_text=True)
        assert '<p class="lead">' in page, (code, address)


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_about_a_change_is_told_in_every_language(house: House, code: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        for sentence in SENTENCES:
            said = retold(sentence)
            assert said is not None, sentence
            for english in (
                "Date moved",
                "Date added",
                "Requirement ",
                "no longer",
                "Stage",
                "half of",
                "clause",
                "criterion",
                "Wording",
            ):
                assert english not in said, (sentence, said)


@pytest.mark.parametrize(
    ("code", "sentence", "said"),
    [
        ("de", wording.moved(OPENS, OPENS.when, QUARTER), "Termin verschoben: Konsultation beginnt: 20. Januar 2027 → Q3 2027."),
        ("sv", wording.added_date(NAMED), "Datum tillagt: Samråd öppnar (Lot 2: displays (all)): 20 januari 2027."),
        ("nl", wording.stage(Stage.PLANNED, Stage.IN_FORCE), "Fase: Gepland → Van kracht."),
        ("fr", "Withdrawn by the authority: No budget.", "Retiré par l’autorité\xa0: No budget."),
    ],
)  # fmt: skip
def test_how_changes_are_told(house: House, code: str, sentence: str, said: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        assert retold(sentence) == said


def test_english_and_what_is_not_understood_stay_as_they_are(house: House) -> None:
    with house.app.test_request_context("/?ui=sv"):
        assert retold("Somebody changed something.") is None
        assert retold("Date moved: lunch: 1 May 2027 → 2 May 2027.") is None
        assert retold("Date added: adopted 31 February 2027.") is None
    with house.app.test_request_context("/?ui=en"):
        assert retold("Wording changed.") is None


def test_a_notice_tells_its_history_in_the_language_of_the_page(house: House) -> None:
    first = draft(milestones=(milestone("tender_expected", date(2027, 7, 1), Precision.QUARTER),))
    notice = house.post(milestones=first.milestones)
    later = draft(milestones=(milestone("tender_expected", date(2027, 10, 1), Precision.QUARTER),))
    house.hub.revise(Actor(1, "buyer", CITY), notice.id, later, base_revision=1)
    for address in (f"/notices/{notice.id}?ui=de", f"/notices/{notice.id}/revisions/2?ui=de"):
        page = house.text(address)
        assert "<li>Termin verschoben: Ausschreibung erwartet: Q3 2027 → Q4 2027.</li>" in page
        assert "Date moved" not in page
    assert "<li>Date moved: tender expected: Q3 2027 → Q4 2027.</li>" in house.text(f"/notices/{notice.id}")


def test_dates_of_laws_say_in_the_language_of_the_page_what_they_are(house: House) -> None:
    (law,) = [
        n for n in house.hub.notices(house.hub.parse_filter([("law", "eu-csddd")])).notices if n.notice_kind == "law"
    ]
    assert "Guidance due" not in house.text(f"/notices/{law.id}?ui=de")
    assert "Leitlinien fällig" in house.text(f"/notices/{law.id}?ui=de")
    assert "Commission guidelines due" in house.text(f"/notices/{law.id}")
