"""The buyers' desk, the curators' review and the check of a source, as people use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from loopback import Clock, Site, declare
from loopback import page as a_page
from web_house import CITY, COUNTY, NEW, House, draft, filled, open_house, send, token

from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import Filter, Precision, Stage, Trust, When
from feedhub.web.forms import parse_when


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def published(house: House) -> list[str]:
    return [n.title for n in house.hub.own_notices(Actor(1, "buyer", CITY))]


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found, name
    return found[1]


def test_a_preview_shows_what_readers_will_see_and_stores_nothing(house: House) -> None:
    answer = send(house.buyer(), "/desk/new", {**NEW, "action": "preview"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "This is what readers will see" in page
    assert "Q3 2027" in page
    assert 'value="publish"' in page
    assert published(house) == []


def test_a_published_notice_holds_what_was_typed(house: House) -> None:
    answer = send(house.buyer(), "/desk/new", {**NEW, "action": "publish"})
    assert answer.status_code == 303
    (notice,) = house.hub.own_notices(Actor(1, "buyer", CITY))
    assert answer.headers["Location"] == f"/notices/{notice.id}"
    assert (notice.authority_id, notice.stage, notice.trust) == (CITY, Stage.PLANNED, Trust.POSTED)
    assert notice.milestones[0].when == When(date(2027, 7, 1), Precision.QUARTER, zone="Europe/Stockholm")
    assert notice.requirements[0].topic == "living_wage"
    assert "Living wages for docking stations" in house.text("/feeds/announcements.json")


def test_a_form_sent_twice_is_one_notice(house: House) -> None:
    client = house.buyer()
    page = client.get("/desk/new")
    key = hidden(page.get_data(as_text=True), "key")
    fields = {**NEW, "csrf_token": token(page), "key": key, "action": "publish"}
    first, second = client.post("/desk/new", data=fields), client.post("/desk/new", data=fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(published(house)) == 1


def test_fields_that_are_not_on_the_form_are_ignored(house: House) -> None:
    extra = {
        "status": "published",
        "trust": "official",
        "authority_id": COUNTY,
        "authority": COUNTY,
        "revision": "9",
        "id": "n1",
    }
    send(house.buyer(), "/desk/new", {**NEW, **extra, "requirements-0-trust": "official", "action": "publish"})
    (notice,) = house.hub.own_notices(Actor(1, "buyer", CITY))
    assert (notice.trust, notice.revision, notice.authority_id) == (Trust.POSTED, 1, CITY)
    assert notice.requirements[0].trust is Trust.POSTED


def test_more_rows_can_be_asked_for_without_a_script_and_keep_what_was_typed(house: House) -> None:
    answer = send(house.buyer(), "/desk/new", {**NEW, "action": "add_requirement"})
    page = answer.get_data(as_text=True)
    assert 'name="requirements-1-text"' in page
    assert NEW["requirements-0-text"] in page
    answer = send(house.buyer(), "/desk/new", {**NEW, "action": "add_milestone"})
    assert 'name="milestones-1-date"' in answer.get_data(as_text=True)
    assert published(house) == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Give the notice a title."),
        ("milestones-0-date", "spring", "Write a date such as"),
        ("milestones-0-date", "2027-02-30", "Write a date such as"),
        ("requirements-0-topic", "", "Choose the topic"),
        ("url", "javascript:alert(1)", "Write a full address"),
        ("stage", "withdrawn", "Not a valid choice"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(house: House, field: str, value: str, words: str) -> None:
    answer = send(house.buyer(), "/desk/new", {**NEW, field: value, "action": "publish"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert 'aria-invalid="true"' in page
    assert NEW["summary"] in page
    assert published(house) == []


def test_a_notice_needs_a_requirement_or_a_date(house: House) -> None:
    answer = send(
        house.buyer(), "/desk/new", {"title": "Empty", "stage": "planned", "language": "", "action": "publish"}
    )
    assert answer.status_code == 400
    assert published(house) == []


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("2027-03-01", date(2027, 3, 1), Precision.DAY),
        ("2027-03", date(2027, 3, 1), Precision.MONTH),
        ("2027-Q3", date(2027, 7, 1), Precision.QUARTER),
        ("2027-q1", date(2027, 1, 1), Precision.QUARTER),
        ("2027-H2", date(2027, 7, 1), Precision.HALF),
        (" 2027 ", date(2027, 1, 1), Precision.YEAR),
        ("2027-3-1", date(2027, 3, 1), Precision.DAY),
        ("1.3.2027", date(2027, 3, 1), Precision.DAY),
        ("01. 03. 2027", date(2027, 3, 1), Precision.DAY),
        ("3/2027", date(2027, 3, 1), Precision.MONTH),
        ("03.2027", date(2027, 3, 1), Precision.MONTH),
        ("Q3 2027", date(2027, 7, 1), Precision.QUARTER),
        ("2027 k3", date(2027, 7, 1), Precision.QUARTER),
        ("H2/2027", date(2027, 7, 1), Precision.HALF),
    ],
)
def test_a_date_is_taken_as_exactly_as_it_was_typed(text: str, first: date, precision: Precision) -> None:
    assert parse_when(text) == When(first, precision)


@pytest.mark.parametrize(
    "text",
    ["", "27", "2027-13", "2027-02-30", "2027-Q5", "1999", "2101-01-01", "1 March", "1/3/2027", "Q5 2027", "32.1.2027"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_when(text)


def test_a_revision_starts_from_what_is_published_and_is_announced(house: House) -> None:
    notice = house.post()
    client = house.buyer()
    page = client.get(f"/desk/{notice.id}/revise")
    text = page.get_data(as_text=True)
    assert 'value="2027-Q3"' in text
    assert 'value="2027-01-20"' in text
    fields = filled(text) | {"milestones-0-date": "2027-02-15", "action": "publish"}
    assert client.post(f"/desk/{notice.id}/revise", data=fields).status_code == 303
    after = house.hub.notice(notice.id).notice
    assert after.revision == 2
    assert {m.when.first for m in after.living_milestones} == {date(2027, 2, 15), date(2027, 7, 1)}
    assert house.hub.recent(Filter())[0].kind.value == "moved"


def test_when_a_requirement_must_be_met_stands_in_words_and_an_unchanged_form_changes_nothing(house: House) -> None:
    asked = replace(draft().requirements[0], trigger="within_20_days")
    notice = house.post(requirements=(asked, replace(asked, topic="living_wage", trigger="at_signature")))
    client = house.buyer()
    page = client.get(f"/desk/{notice.id}/revise").get_data(as_text=True)
    assert 'value="Within 20 days"' in page
    assert 'value="At signature"' in page
    assert "at_signature" not in page
    send(client, f"/desk/{notice.id}/revise", filled(page) | {"title": "Another title", "action": "publish"})
    after = house.hub.notice(notice.id).notice
    assert after.revision == 2
    assert {r.trigger for r in after.requirements} == {"within_20_days", "at_signature"}


def test_words_that_the_desk_offers_become_their_code(house: House) -> None:
    page = house.buyer().get("/desk/new").get_data(as_text=True)
    assert '<option value="At signature"></option>' in page
    send(house.buyer(), "/desk/new", {**NEW, "requirements-0-trigger": "At signature", "action": "publish"})
    (notice,) = house.hub.own_notices(Actor(1, "buyer", CITY))
    assert notice.requirements[0].trigger == "at_signature"


def test_a_revision_from_an_old_state_is_409_and_loses_nothing(house: House) -> None:
    notice = house.post()
    client = house.buyer()
    mine = filled(client.get(f"/desk/{notice.id}/revise").get_data(as_text=True))
    theirs = mine | {"summary": "Written by a colleague.", "title": "The colleague's title", "action": "publish"}
    assert client.post(f"/desk/{notice.id}/revise", data=theirs).status_code == 303
    answer = client.post(f"/desk/{notice.id}/revise", data=mine | {"summary": "My own long text.", "action": "publish"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "My own long text." in page
    assert "The colleague&#39;s title" in page
    assert "Somebody else changed this notice" in page
    assert house.hub.notice(notice.id).notice.title == "The colleague's title"
    again = filled(page) | {"action": "publish"}
    assert client.post(f"/desk/{notice.id}/revise", data=again).status_code == 303
    assert house.hub.notice(notice.id).notice.summary == "My own long text."


@pytest.mark.parametrize("verb", ["revise", "withdraw"])
def test_another_buyers_notice_does_not_exist(house: House, verb: str) -> None:
    theirs = house.post(COUNTY)
    client = house.buyer()
    assert client.get(f"/desk/{theirs.id}/{verb}").status_code == 404
    fields = {"reason": "mine now", "base_revision": "1", **NEW, "action": "publish"}
    assert send(client, f"/desk/{theirs.id}/{verb}", fields, page="/desk/new").status_code == 404
    assert house.hub.notice(theirs.id).notice == theirs


def test_a_withdrawal_needs_a_reason_and_shows_it(house: House) -> None:
    notice = house.post()
    client = house.buyer()
    address = f"/desk/{notice.id}/withdraw"
    assert send(client, address, {"reason": "", "base_revision": "1"}).status_code == 400
    assert send(client, address, {"reason": "The budget is gone.", "base_revision": "7"}).status_code == 409
    assert send(client, address, {"reason": "The budget is gone.", "base_revision": "1"}).status_code == 303
    assert house.hub.notice(notice.id).notice.stage is Stage.WITHDRAWN
    assert "The budget is gone." in house.text(f"/notices/{notice.id}")


def test_a_curator_retracts_what_was_never_said(house: House) -> None:
    notice = house.post()
    client = house.signed_in("curator")
    page = f"/review/notices/{notice.id}"
    assert send(client, f"{page}/retract", {"reason": ""}, page=page).status_code == 400
    assert send(client, f"{page}/retract", {"reason": "Read from another page."}, page=page).status_code == 303
    assert house.hub.recent(Filter())[0].kind.value == "retracted"


def test_a_source_is_read_at_the_press_of_a_button_and_judged_by_a_curator(
    sources: Path, site: Site, open_hub: Callable[..., Hub]
) -> None:
    site.pages["/policy"] = a_page(
        "From 1 September 2027 all suppliers of laptops must disclose the names and addresses of their factories."
    )
    source = declare(sources, f"{site.url}/policy")
    house = House(open_hub())
    admin = house.signed_in("admin")
    answer = send(admin, f"/admin/sources/{source}/check", {}, page="/admin")
    assert answer.status_code == 303
    assert f"{source}: baseline" in admin.get("/admin").get_data(as_text=True)
    assert "Not read yet" not in house.text("/sources")
    assert send(admin, "/admin/sources/none/check", {}, page="/admin").status_code == 404
    found = [n for n in house.hub.notices(Filter()).notices if n.source_id == source]
    page = house.text(f"/notices/{found[0].id}")
    assert "Detected" in page
    assert "nobody has reviewed it" in page
    assert f'href="/review/notices/{found[0].id}"' in page, "the way to judge it stands where the doubt comes up"
    assert f'href="/admin/sources/{source}/text"' in page
    curator = house.signed_in("curator")
    judge = f"/review/notices/{found[0].id}"
    assert send(curator, f"{judge}/confirm", {}, page=judge).status_code == 303
    assert "Verified" in house.text(f"/notices/{found[0].id}")


def test_the_review_queue_is_decided_once(sources: Path, site: Site, open_hub: Callable[..., Hub]) -> None:
    site.pages["/policy"] = a_page(
        "From 1 September 2027 all suppliers of laptops must disclose the names and addresses of their factories."
    )
    source = declare(sources, f"{site.url}/policy")
    file = sources / "gb" / "example.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"detected"', '"review"'), encoding="utf-8")
    house = House(open_hub())
    list(house.hub.check([source]))
    queue = house.hub.review_queue()
    if not queue:
        pytest.skip("the detector found nothing to review")
    client = house.signed_in("curator")
    text = client.get("/review").get_data(as_text=True)
    assert "names and addresses of their factories" in text
    address = f"/review/{queue[0].id}"
    assert send(client, address, {"decision": "perhaps"}, page="/account").status_code == 400
    assert send(client, address, {"decision": "accept"}, page="/account").status_code == 303
    assert send(client, address, {"decision": "accept"}, page="/account").status_code == 409
    assert len(house.hub.review_queue()) == len(queue) - 1
