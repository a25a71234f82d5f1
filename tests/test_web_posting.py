"""What makes posting quick and safe for a buyer: little to fill in, faults named with a way to them, no word ever lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from loopback import Clock
from web_house import CITY, NEW, House, declare_authorities, filled, milestone, open_house, send, token

from feedhub.hub.shapes import Actor


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def published(house: House) -> list[str]:
    return [n.title for n in house.hub.own_notices(Actor(1, "buyer", CITY))]


def kept(page: str) -> dict[str, list[str]]:
    """The hidden fields of the page that keeps what was written."""
    out: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        out.setdefault(name, []).append(unescape(value))
    return out


def test_the_page_opens_at_a_list_of_what_is_wrong_with_a_way_to_each_field(house: House) -> None:
    wrong = {**NEW, "title": "", "url": "our website", "milestones-0-date": "soon", "requirements-0-topic": ""}
    page = send(house.buyer(), "/desk/new", {**wrong, "action": "publish"}).get_data(as_text=True)
    banner = re.search(r'<div class="banner" role="alert" tabindex="-1" autofocus>.*?</div>', page, re.DOTALL)
    assert banner
    ways = re.findall(r'<a href="#([^"]+)">([^<]+)', banner[0])
    assert [id_ for id_, _ in ways] == ["title", "url", "requirements-0-topic", "milestones-0-date"]
    assert ways[0][1] == "Title: Give the notice a title."
    assert all(page.count(f'id="{id_}"') == 1 for id_, _ in ways)


def test_what_a_notice_lacks_as_a_whole_is_where_the_page_opens(house: House) -> None:
    bare = {"title": "Empty", "stage": "planned", "language": "", "action": "publish"}
    page = send(house.buyer(), "/desk/new", bare).get_data(as_text=True)
    assert re.search(r'class="banner" role="alert" tabindex="-1" autofocus>[^<]*\w', page)


def test_an_address_typed_without_its_beginning_is_taken(house: House) -> None:
    send(house.buyer(), "/desk/new", {**NEW, "url": "www.elm.example/plan", "action": "publish"})
    (notice,) = house.hub.own_notices(Actor(1, "buyer", CITY))
    assert notice.url == "https://www.elm.example/plan"


def test_what_few_need_is_folded_until_it_holds_something(house: House) -> None:
    client = house.buyer()
    fresh = client.get("/desk/new").get_data(as_text=True)
    assert re.search(r'<details class="more"><summary>', fresh)
    assert 'name="milestones-0-subject"' not in fresh
    two = send(client, "/desk/new", {**NEW, "action": "add_milestone"}).get_data(as_text=True)
    assert 'name="milestones-0-subject"' in two
    assert 'name="milestones-1-subject"' in two
    notice = house.post(milestones=(milestone("market_event", date(2027, 3, 1), subject="Lot 1"),))
    revised = client.get(f"/desk/{notice.id}/revise").get_data(as_text=True)
    assert 'name="milestones-0-subject"' in revised
    assert re.search(r'<details class="more" open><summary>', revised)


def test_a_row_that_was_asked_for_is_where_the_page_opens(house: House) -> None:
    page = send(house.buyer(), "/desk/new", {**NEW, "action": "add_requirement"}).get_data(as_text=True)
    assert re.findall(r"<[^>]*autofocus[^>]*>", page) == re.findall(
        r'<textarea[^>]*id="requirements-1-text"[^>]*>', page
    )
    page = send(house.buyer(), "/desk/new", {**NEW, "action": "add_milestone"}).get_data(as_text=True)
    assert re.findall(r"<[^>]*autofocus[^>]*>", page) == re.findall(r'<input[^>]*id="milestones-1-date"[^>]*>', page)


def test_the_language_of_a_notice_is_the_writers_where_the_authority_has_several(tmp_path: Path, clock: Clock) -> None:
    declare_authorities(tmp_path)
    file = tmp_path / "se" / "elm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["en"]', '["sv", "en"]'), encoding="utf-8")
    house = open_house(tmp_path, clock, sources=str(tmp_path))
    for reader, chosen in (("en", "en"), ("sv", "sv"), ("de", "sv")):
        page = house.buyer().get("/desk/new", headers={"Accept-Language": reader}).get_data(as_text=True)
        assert filled(page)["language"] == chosen
    house.hub.close()


@pytest.mark.parametrize("proof", ["", "stale"])
@pytest.mark.parametrize("there", [True, False], ids=["signed in", "signed out"])
def test_nothing_is_lost_when_the_session_ends_while_somebody_writes(house: House, proof: str, there: bool) -> None:
    client = house.buyer()
    if not there:
        client.delete_cookie(house.app.config["SESSION_COOKIE_NAME"])
    words = {**NEW, "products": ["laptops", "monitors"], "title": 'Chairs & "tables"', "csrf_token": proof}
    answer = client.post("/desk/new", data={**words, "action": "publish"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "nothing is lost" in page
    assert ("/account/login?next=/desk/new" in page) is not there
    found = kept(page)
    assert found["action"] == ["preview"]
    assert found["products"] == ["laptops", "monitors"]
    assert found["title"] == ['Chairs & "tables"']
    if not there:
        client = house.signed_in("buyer", CITY)
        found["csrf_token"] = [token(client.get("/desk/new"))]
    again = client.post("/desk/new", data=found)
    assert again.status_code == 200
    assert "This is what readers will see" in again.get_data(as_text=True)
    assert published(house) == []
    assert (
        client.post("/desk/new", data=filled(again.get_data(as_text=True)) | {"action": "publish"}).status_code == 303
    )
    assert published(house) == ['Chairs & "tables"']


def test_what_a_stranger_sends_with_our_proof_is_kept_until_they_sign_in(house: House) -> None:
    client = house.client()
    proof = token(client.get("/account/login"))
    answer = client.post("/desk/new", data={**NEW, "csrf_token": proof, "action": "publish"})
    assert answer.status_code == 401
    assert kept(answer.get_data(as_text=True))["title"] == [NEW["title"]]


def test_long_words_of_other_forms_can_be_copied_and_are_not_sent_again(house: House) -> None:
    client = house.buyer()
    answer = client.post("/desk/lessons/new", data={"title": "Cities first", "text": "In a week.", "csrf_token": ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert re.findall(r"<textarea[^>]*readonly[^>]*>([^<]*)", page) == ["Cities first", "In a week."]
    assert '<form method="post"' not in page
