"""W2, W3, W5: a form without our proof, a form sent twice, a form with fields of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_house import CITY, NEW, House, open_house, token

from feedhub.hub.shapes import Actor
from feedhub.model import Notice, Trust


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.hub.close()


def notices(house: House) -> list[Notice]:
    return house.hub.own_notices(Actor(1, "buyer", CITY))


@pytest.mark.parametrize("proof", [{}, {"csrf_token": ""}, {"csrf_token": "IjEyMyI.aaaa.bbbb"}])
def test_w2_a_post_from_elsewhere_rides_on_the_cookie_and_stores_nothing(house: House, proof: dict[str, str]) -> None:
    client = house.buyer()
    assert client.get("/desk").status_code == 200, "the fault: the browser sends the cookie whoever wrote the form"
    answer = client.post(
        "/desk/new", data={**NEW, **proof, "action": "publish"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 400
    assert notices(house) == []


def test_w2_the_proof_of_one_person_is_none_for_another(house: House) -> None:
    stranger = house.client()
    proof = token(stranger.get("/account/login"))
    answer = house.buyer().post("/desk/new", data={**NEW, "csrf_token": proof, "action": "publish"})
    assert answer.status_code == 400
    assert notices(house) == []


def test_w3_a_double_submit_is_one_notice(house: House) -> None:
    client = house.buyer()
    for number, keys in enumerate((("a", "b"), ("c", "c")), 1):
        page = client.get("/desk/new")
        own = re.search(r'name="key"[^>]*value="([^"]+)"', page.get_data(as_text=True))
        assert own, "each form that is opened has a key of its own"
        for key in keys:
            fields = {**NEW, "title": f"Notice {number}", "csrf_token": token(page), "key": key, "action": "publish"}
            assert client.post("/desk/new", data=fields).status_code == 303
    titles = [n.title for n in notices(house)]
    assert titles.count("Notice 1") == 2, "the fault: without a common key a second press is a second notice"
    assert titles.count("Notice 2") == 1


def test_w5_a_field_that_no_form_has_changes_nothing(house: House) -> None:
    client = house.buyer()
    page = client.get("/desk/new")
    extra = {"status": "published", "trust": "official", "confidence": "0", "source_id": "x", "authority_id": "gb-oak"}
    answer = client.post("/desk/new", data={**NEW, **extra, "csrf_token": token(page), "action": "preview"})
    assert answer.status_code == 200
    assert notices(house) == [], "status=published publishes nothing"
    client.post("/desk/new", data={**NEW, **extra, "csrf_token": token(page), "action": "publish"})
    (notice,) = notices(house)
    assert (notice.trust, notice.confidence, notice.source_id, notice.authority_id) == (Trust.POSTED, 1.0, "", CITY)
