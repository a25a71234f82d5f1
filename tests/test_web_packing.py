"""Pages travel compressed where they are the same for everybody, and plain where they hold a person's form token."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_house import CITY, House, open_house

ZIPPED = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.hub.close()


@pytest.mark.parametrize(
    "address", ["/", "/notices", "/calendar", "/calendar/horizon", "/authorities", "/laws", "/feeds"]
)
def test_a_public_page_is_sent_compressed_to_who_takes_it(house: House, address: str) -> None:
    house.post(CITY)
    packed, plain = house.get(address, headers=ZIPPED), house.get(address)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    for answer in (packed, plain):
        assert {"accept-encoding", "accept-language"} <= {v.lower() for v in answer.vary}


def test_a_client_that_refuses_gzip_gets_the_page_plain(house: House) -> None:
    assert "Content-Encoding" not in house.get("/notices", headers={"Accept-Encoding": "gzip;q=0, br"}).headers


def test_the_same_page_is_compressed_to_the_same_bytes(house: House) -> None:
    assert house.get("/notices", headers=ZIPPED).data == house.get("/notices", headers=ZIPPED).data


def test_a_page_with_a_form_token_is_never_compressed(house: House) -> None:
    notice = house.post(CITY)
    asking = house.get(f"/notices/{notice.id}/ask", headers=ZIPPED)
    assert b"csrf_token" in asking.data
    assert "Content-Encoding" not in asking.headers
    desk = house.buyer().get("/desk", headers=ZIPPED)
    assert desk.status_code == 200
    assert "Content-Encoding" not in desk.headers


def test_a_public_page_is_sent_plain_to_somebody_who_is_signed_in(house: House) -> None:
    answer = house.buyer().get("/notices?q=csrf_token", headers=ZIPPED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_refusals_are_sent_plain(house: House) -> None:
    answer = house.get("/notices?no=such", headers=ZIPPED)
    assert answer.status_code == 400
    assert "Content-Encoding" not in answer.headers
