"""W11: what a shared cache keeps of a public feed is the same for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_house import open_house

ADDRESSES = ("/feeds/announcements.atom", "/feeds/notices.json", "/calendar.ics", "/feeds.opml", "/api/v1/notices")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_cookie_or_an_odd_query_gives_the_same_body_and_no_cookie(tmp_path: Path, address: str) -> None:
    house = open_house(tmp_path)
    house.post()
    plain = house.get(address)
    buyer = house.buyer()
    buyer.set_cookie("other", "1")
    for answer in (
        buyer.get(address),
        buyer.get(f"{address}?utm_source=mail&gclid=1"),
        house.get(f"{address}?"),
        house.get(f"{address}?country="),
    ):
        assert answer.status_code == 200
        assert answer.data == plain.data
        assert answer.headers["ETag"] == plain.headers["ETag"]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
    house.hub.close()
