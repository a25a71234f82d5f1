"""The curators' desk: what they see of a draft, and how they accept, correct, reject and go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from loopback import Clock
from web_house import CITY, House, draft, filled, milestone, open_house, send, token

from feedhub.hub.shapes import Actor
from feedhub.model import Clause, Evidence, Precision, Requirement, Trust
from feedhub.store import desk, to_json

ACTOR = Actor(1, "buyer", CITY)
QUOTE = "Suppliers of laptops must name their factories by 1 September 2027."
SEEN = Evidence(
    url="https://elm.example/policy", quote=QUOTE, context=("About us.",), judged_by=("+must:must", "x", "y")
)


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def waits(house: House, title: str, day: date = date(2027, 9, 1)) -> int:
    """Queue a found draft of one requirement and two dates; its id."""
    asked = Requirement("child_labour", Clause.POLICY, QUOTE, QUOTE, provenance=SEEN, confidence=0.62)
    dates = (
        milestone("applies_from", day, trust=Trust.DETECTED, provenance=SEEN),
        milestone("review", date(2031, 1, 1), Precision.YEAR, trust=Trust.DETECTED),
    )
    found = draft(title=title, requirements=(asked,), milestones=dates, trust=Trust.DETECTED)
    with house.hub.store.writing() as tx:
        desk.put_waiting(tx, "unsure", house.hub.now() + timedelta(), state=to_json(found))
    return max(i.id for i in house.hub.review_queue(per_page=99))


def rows(page: str) -> list[str]:
    return re.findall(r'<li class="notice-row".*?</form></li>', page, re.DOTALL)


def test_each_fact_stands_beside_its_quote_with_what_the_machine_went_by(house: House) -> None:
    waits(house, "Responsible buying")
    (row,) = rows(house.signed_in("curator").get("/review").get_data(as_text=True))
    quote, topic, day = (row.index(w) for w in (QUOTE, "Child labour", "1 September 2027</time>"))
    assert quote < topic < day < row.index("2031")
    assert "What the machine went by" in row
    assert "says that it must be done (“must”)" in row.replace("Says", "says")
    assert "About us." in row
    assert "62%" in row
    assert "City of Elm" in row


def test_a_decision_takes_one_press_and_leads_to_the_next(house: House) -> None:
    first, second, third = (waits(house, f"Draft {i}", date(2027, 1, i)) for i in (1, 2, 3))
    client = house.signed_in("curator")
    page = client.get("/review").get_data(as_text=True)
    assert [re.search(r'id="w(\d+)"', row)[1] for row in rows(page)] == [str(i) for i in (first, second, third)]  # type: ignore[index]
    assert page.count('accesskey="a"') == page.count('accesskey="r"') == page.count('accesskey="c"') == 1
    fields = filled(rows(page)[1])
    answer = client.post(f"/review/{second}", data=fields | {"decision": "accept"})
    assert answer.headers["Location"] == f"/review#w{third}"
    answer = client.post(f"/review/{third}", data={**fields, "then": "", "page": "", "decision": "reject"})
    assert answer.headers["Location"] == "/review"
    assert [i.id for i in house.hub.review_queue()] == [first]


def test_a_draft_is_corrected_and_published_in_one_form(house: House) -> None:
    item, later = waits(house, "Responsible buying"), waits(house, "Later", date(2028, 1, 1))
    client = house.signed_in("curator")
    page = client.get(f"/review/{item}").get_data(as_text=True)
    assert QUOTE in page
    fields = filled(page)
    assert fields["requirements-0-topic"] == "child_labour"
    assert fields["milestones-0-date"] == ["2027-09-01"]
    fields |= {"requirements-0-topic": "supply_chain_transparency", "milestones-0-date": "9/2027", "title": "Factories"}
    del fields["milestones-1-keep"]
    answer = client.post(f"/review/{item}", data=fields | {"decision": "accept"})
    assert answer.headers["Location"] == f"/review/{later}"
    (notice,) = [n for n in house.hub.own_notices(ACTOR) if n.title == "Factories"]
    assert [(r.topic, r.quote, r.trust) for r in notice.requirements] == [
        ("supply_chain_transparency", QUOTE, Trust.VERIFIED)
    ]
    assert [(m.when.first, m.when.precision) for m in notice.milestones] == [(date(2027, 9, 1), Precision.MONTH)]


def test_a_correction_that_cannot_be_is_said_beside_its_field_and_decides_nothing(house: House) -> None:
    item = waits(house, "Responsible buying")
    client = house.signed_in("curator")
    fields = filled(client.get(f"/review/{item}").get_data(as_text=True)) | {"decision": "accept"}
    answer = client.post(f"/review/{item}", data=fields | {"milestones-0-date": "soon"})
    assert answer.status_code == 400
    assert 'href="#milestones-0-date"' in answer.get_data(as_text=True)
    none = {k: v for k, v in fields.items() if not k.endswith("-keep")}
    answer = client.post(f"/review/{item}", data=none)
    assert answer.status_code == 400
    assert "reject" in answer.get_data(as_text=True)
    assert [i.id for i in house.hub.review_queue()] == [item]
    assert client.get("/review/999").status_code == 404


def test_who_confirms_a_published_notice_sees_its_facts_there(house: House) -> None:
    waits(house, "Responsible buying")
    client = house.signed_in("curator")
    item = house.hub.review_queue()[0].id
    client.post(f"/review/{item}", data={"csrf_token": token(client.get("/account")), "decision": "accept"})
    (notice,) = house.hub.own_notices(ACTOR)
    page = client.get(f"/review/notices/{notice.id}").get_data(as_text=True)
    assert QUOTE in page
    assert "1 September 2027</time>" in page


def test_a_page_beyond_the_last_decision_still_opens(house: House) -> None:
    waits(house, "Responsible buying")
    client = house.signed_in("curator")
    item = house.hub.review_queue()[0].id
    answer = send(client, f"/review/{item}", {"decision": "reject", "page": "2", "then": "x"}, "/review")
    assert answer.headers["Location"] == "/review?page=2"
    assert client.get("/review?page=2").status_code == 200


@pytest.mark.parametrize("more", [True, False])
def test_a_form_with_other_facts_than_the_draft_is_refused_in_a_sentence(house: House, more: bool) -> None:
    item = waits(house, "Responsible buying")
    client = house.signed_in("curator")
    fields = filled(client.get(f"/review/{item}").get_data(as_text=True)) | {"decision": "accept"}
    if more:
        fields |= {k.replace("-0-", "-7-").replace("-1-", "-8-"): v for k, v in fields.items()}
    else:
        fields = {k: v for k, v in fields.items() if not k.startswith("milestones-1-")}
    answer = client.post(f"/review/{item}", data=fields)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "This draft holds other facts than the form." in page
    assert "zip()" not in page
    assert page.count(QUOTE) == 2, "the form shows the draft as it is now"
    assert [i.id for i in house.hub.review_queue()] == [item]
