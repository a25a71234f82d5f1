"""W4: a buyer who names another authority's notice is told that there is none."""

from __future__ import annotations

from pathlib import Path

from web_house import CITY, COUNTY, NEW, open_house, send


def test_another_buyers_notice_answers_like_one_that_does_not_exist(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    theirs = house.post(COUNTY)
    buyer = house.buyer(CITY)
    assert house.get(f"/notices/{theirs.id}").status_code == 200, "the fault: its id is public"
    for verb, fields in (
        ("revise", {**NEW, "base_revision": "1", "action": "publish"}),
        ("withdraw", {"reason": "gone"}),
    ):
        real, invented = f"/desk/{theirs.id}/{verb}", f"/desk/n000000000000/{verb}"
        answers = [
            (buyer.get(a).status_code, send(buyer, a, fields, page="/desk/new").status_code) for a in (real, invented)
        ]
        assert answers == [(404, 404), (404, 404)]
    assert house.hub.notice(theirs.id).notice == theirs
    house.hub.close()
